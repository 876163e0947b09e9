//! The charts that are rendered: the project's own small one and, where they are at hand, replays of the real ones.

use std::path::PathBuf;

use crate::repository;

/// The project's own chart, which takes values.
pub fn own() -> PathBuf {
    repository().join("tests/fixtures/charts/tigera-operator")
}

/// Our chart, then the real ones of `../shared/charts` (they take no values), if that folder exists.
pub fn all() -> Vec<PathBuf> {
    let mut charts = vec![own()];
    if let Ok(versions) = repository().join("../shared/charts").read_dir() {
        charts.extend(versions.map(|version| {
            version
                .expect("a readable folder")
                .path()
                .join("tigera-operator")
        }));
    }
    charts.sort();
    charts
}
