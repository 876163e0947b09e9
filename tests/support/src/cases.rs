//! The cases in tests/cases: folders with an input and the expected output.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The folders in tests/cases/KIND that contain this file, sorted by name.
pub fn cases(kind: &str, file: &str) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    find(
        &repository().join("tests/cases").join(kind),
        file,
        &mut cases,
    );
    cases
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
