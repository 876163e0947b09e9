//! The folders of tests/cases/postrender that are a case: those with a file `args`.

use std::fs;
use std::path::{Path, PathBuf};

/// Every case, in the order of its name.
pub(crate) fn case_folders() -> Vec<PathBuf> {
    let mut cases = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/postrender");
    find(&root, &mut cases);
    cases
}

fn find(folder: &Path, cases: &mut Vec<PathBuf>) {
    if folder.join("args").is_file() {
        cases.push(folder.to_owned());
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.iter().for_each(|folder| find(folder, cases));
}
