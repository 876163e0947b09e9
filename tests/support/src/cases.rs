//! The cases in tests/cases: folders with an input and the expected output.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The folders in tests/cases/KIND that contain this file, sorted by name; with `CASES=TEXT`, those whose
/// path contains the text.
pub fn cases(kind: &str, file: &str) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    find(
        &repository().join("tests/cases").join(kind),
        file,
        &mut cases,
    );
    if let Ok(wanted) = std::env::var("CASES") {
        cases.retain(|folder| folder.to_string_lossy().contains(&wanted));
    }
    cases
}

/// Compares an output with the expected one in a file. `UPDATE_CASES=1` writes the file.
pub fn expect(file: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(file, actual).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "{}\n--- expected\n{expected}\n--- actual\n{actual}",
        file.display()
    ))
}

/// Fails with every difference, if there is one.
pub fn assert_all(results: impl IntoIterator<Item = Result<(), String>>) {
    let results: Vec<_> = results.into_iter().collect();
    let failures: Vec<&str> = results
        .iter()
        .filter_map(|result| result.as_ref().err().map(String::as_str))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        results.len(),
        failures.join("\n\n")
    );
}

fn find(folder: &Path, file: &str, cases: &mut Vec<PathBuf>) {
    if folder.join(file).is_file() {
        cases.push(folder.to_owned());
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        find(&folder, file, cases);
    }
}
