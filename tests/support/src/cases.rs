//! The cases of tests/cases: folders with what goes in, and what must come out.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The folders below `tests/cases/PROGRAM` that hold this file, in the order of their names.
pub fn cases(program: &str, file: &str) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    find(
        &repository().join("tests/cases").join(program),
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
