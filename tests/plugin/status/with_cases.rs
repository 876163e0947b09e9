//! The report of each case of `--with`: every folder of tests/cases/with has a `cluster.yaml`, as those of
//! tests/cases/status, and the manifests that are laid over it. `report.txt` is the expected exit code and
//! report.

use std::fs;
use std::path::PathBuf;

use calico_test_support::cases::{assert_all, cases, expect};
use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;

use crate::run::plugin;

#[test]
fn every_case_of_with() {
    assert_all(cases("with", "cluster.yaml").into_iter().map(check));
}

fn check(folder: PathBuf) -> Result<(), String> {
    let objects = cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap());
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("cluster.yaml"), manifest(&objects)).unwrap();
    fs::copy(folder.join("with.yaml"), place.path().join("with.yaml")).unwrap();
    let output = plugin()
        .current_dir(place.path())
        .args(["status", "-f", "cluster.yaml", "--with", "with.yaml"])
        .output()
        .unwrap();
    let Outcome {
        exit,
        stdout,
        stderr,
    } = Outcome::of(&output);
    expect(
        &folder.join("report.txt"),
        &format!("exit {exit}\n{stderr}\n{stdout}"),
    )
}
