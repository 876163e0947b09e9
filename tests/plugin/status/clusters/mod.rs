//! `kubectl calico status` on several clusters: snapshots, and contexts of a kubeconfig.

mod contexts;
mod folders;
mod formats;
mod selection;

use std::fs;
use std::path::Path;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;

use crate::run::plugin;

/// Writes the snapshot of a case of `status`.
fn write(folder: &Path, name: &str, case: &str) {
    let case = repository().join("tests/cases/status").join(case);
    let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
    fs::write(folder.join(name), manifest(&cluster(&text))).unwrap();
}

/// A folder with the snapshots of five clusters, of which one was cut off.
fn five() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "production.yaml", "healthy/helm");
    write(folder.path(), "staging.yaml", "CAL201/fails");
    write(folder.path(), "test.yaml", "CAL401/fails-at-51");
    write(folder.path(), "empty.yaml", "state/not-installed");
    let header = r#"{"apiVersion": "kubectl-calico/v1alpha1", "kind": "Snapshot", "objects": 9}"#;
    fs::write(folder.path().join("cut-off.yaml"), header).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = plugin();
    command.current_dir(folder).arg("status").args(arguments);
    Outcome::of(&command.output().unwrap())
}
