//! The folders of tests/cases/status that are a case: those with a `cluster.yaml`.

use std::fs;
use std::path::{Path, PathBuf};

/// Every case, in the order of its name.
pub(crate) fn cases() -> Vec<PathBuf> {
    let mut cases = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/status");
    find(&root, &mut cases);
    cases
}

fn find(folder: &Path, cases: &mut Vec<PathBuf>) {
    if folder.join("cluster.yaml").is_file() {
        cases.push(folder.to_owned());
    }
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.iter().for_each(|folder| find(folder, cases));
}
