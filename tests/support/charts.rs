//! The charts that are rendered: the project's own small one and, where they are at hand, replays of the real ones.

use std::path::{Path, PathBuf};

/// The repository's top folder.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is a folder of the repository")
}

/// The project's own chart, which takes values.
pub(crate) fn own() -> PathBuf {
    repository().join("tests/charts/tigera-operator")
}

/// Our chart, then the real ones of `../shared/charts` (they take no values), if that folder exists.
pub(crate) fn all() -> Vec<PathBuf> {
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
