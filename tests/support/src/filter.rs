//! helm-postrender for the tests of kubectl-calico: cargo builds only the programs of a test's own package.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::process::output_on;
use crate::repository;

/// The path of helm-postrender, built with the profile of the running test.
pub fn filter() -> &'static Path {
    static FILTER: LazyLock<PathBuf> = LazyLock::new(build);
    &FILTER
}

fn build() -> PathBuf {
    // TARGET/PROFILE/deps/TEST
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let profile = match folder.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        profile => profile,
    };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked"])
        .args(["--package", "helm-postrender", "--profile", profile])
        .arg("--target-dir")
        .arg(folder.parent().unwrap())
        .current_dir(repository())
        .status()
        .unwrap();
    assert!(status.success(), "cargo cannot build helm-postrender");
    folder.join("helm-postrender")
}

/// Runs helm-postrender on a stream.
pub fn filtered(arguments: &[&str], stream: &str) -> Output {
    output_on(
        Command::new(filter()).args(arguments).env_clear(),
        stream.as_bytes(),
    )
}
