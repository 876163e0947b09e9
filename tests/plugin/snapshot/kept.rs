//! The fields that docs/snapshot.md lists.

use std::collections::BTreeMap;
use std::fs;

use calico_test_support::repository;

/// The paths that are kept of each kind.
pub(super) struct Kept(BTreeMap<String, Vec<String>>);

/// Whether a text is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// Fields of a document in it, or some of its words.
    Some,
    None,
}

impl Kept {
    /// Parses the page, of which a line is ``- `PATH`: PART``.
    pub(super) fn read() -> Self {
        let page = fs::read_to_string(repository().join("docs/snapshot.md")).unwrap();
        let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut kind = String::new();
        for line in page.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                kind = heading.split('/').next().unwrap().to_owned();
            } else if let Some(line) = line.strip_prefix("- `") {
                let path = line.split('`').next().unwrap();
                kept.entry(kind.clone()).or_default().push(path.to_owned());
            }
        }
        Self(kept)
    }

    /// What is kept of a text at a path of an object.
    pub(super) fn part(&self, kind: &str, path: &str) -> Part {
        let paths = self.0.get(kind).map(Vec::as_slice).unwrap_or_default();
        let is_below = |path: &str, parent: &str| {
            let rest = path.strip_prefix(parent);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        if paths.iter().any(|kept| is_below(path, kept)) {
            Part::Whole
        } else if paths.iter().any(|kept| is_below(kept, path)) {
            Part::Some
        } else {
            Part::None
        }
    }
}

/// docs/snapshot.md matches the table of what is read.
#[test]
fn the_page_is_up_to_date() {
    let path = repository().join("docs/snapshot.md");
    let page = kubectl_calico::render::kept_fields();
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        page,
        "UPDATE_CASES=1 cargo test --test plugin snapshot writes it"
    );
}
