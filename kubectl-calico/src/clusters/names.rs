//! What several snapshots are called: their file names, which are the same however a path was written.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A name for each file: the end of its absolute path, with as many folders as tell it from the others.
pub fn names(files: &[PathBuf]) -> Vec<String> {
    let paths: Vec<Vec<String>> = files.iter().map(|file| parts(file)).collect();
    let longest = paths.iter().map(Vec::len).max().unwrap_or_default();
    let mut names: Vec<Option<String>> = vec![None; files.len()];
    for length in 1..=longest {
        let ends = paths.iter().map(|parts| end(parts, length));
        let ends: Vec<String> = ends.collect();
        let mut paths_of: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
        for (end, path) in ends.iter().zip(&paths) {
            let others = paths_of.entry(end).or_default();
            // A file that is given twice has one name.
            if !others.contains(&path) {
                others.push(path);
            }
        }
        for (name, end) in names.iter_mut().zip(&ends) {
            let is_unique = paths_of.get(end.as_str()).is_some_and(|it| it.len() == 1);
            if name.is_none() && is_unique {
                *name = Some(end.clone());
            }
        }
    }
    names.into_iter().map(Option::unwrap_or_default).collect()
}

/// The folders of a file and its name. `.` is left out.
fn parts(file: &Path) -> Vec<String> {
    let parts = file
        .components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect()
}

fn end(parts: &[String], length: usize) -> String {
    let start = parts.len().saturating_sub(length);
    parts.get(start..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_folders_as_needed() {
        for (files, expected) in [
            (
                ["/./d/a.yaml", "/d/b.yaml", "/x/c.yaml"],
                ["a.yaml", "b.yaml", "c.yaml"],
            ),
            (
                ["/d/a.yaml", "/./d/a.yaml", "/x/c.yaml"],
                ["a.yaml", "a.yaml", "c.yaml"],
            ),
            (
                ["/x/e/a.yaml", "/x/d/a.yaml", "/y/d/a.yaml"],
                ["e/a.yaml", "x/d/a.yaml", "y/d/a.yaml"],
            ),
        ] {
            let files = files.map(PathBuf::from);
            assert_eq!(names(&files), expected);
        }
    }
}
