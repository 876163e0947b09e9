//! The charts that tests render.

use std::path::PathBuf;

use crate::repository;

/// A small chart, written for these tests, that renders `.Values.installation` as Calico's does.
pub fn own() -> PathBuf {
    repository().join("tests/fixtures/charts/tigera-operator")
}

/// That chart, and Calico's own in `../shared/charts` (which accept no values), if the folder exists.
pub fn all() -> Vec<PathBuf> {
    let mut charts = vec![own()];
    if let Ok(versions) = repository().join("../shared/charts").read_dir() {
        charts.extend(versions.map(|version| version.unwrap().path().join("tigera-operator")));
    }
    charts.sort();
    charts
}
