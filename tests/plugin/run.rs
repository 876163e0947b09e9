//! Runs the plugin.

use std::fs;
use std::process::Command;

use calico_test_support::clusters::manifest;
use calico_test_support::outcome::Outcome;
use serde_json::Value;

/// The plugin with an empty environment.
pub(crate) fn plugin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    command.env_clear();
    command
}

/// Runs a subcommand of the plugin on a file with these objects.
pub(crate) fn run_on(objects: &[Value], subcommand: &str, arguments: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cluster.yaml"), manifest(objects)).unwrap();
    let output = plugin()
        .current_dir(folder.path())
        .args([subcommand, "-f", "cluster.yaml"])
        .args(arguments)
        .output()
        .unwrap();
    Outcome::of(&output)
}
