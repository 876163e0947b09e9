//! The filter: the program of another package, which cargo does not build by itself for the tests of this one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::charts::repository;

/// The filter as its source is now. Cargo builds it where it has not yet.
pub(super) fn filter() -> &'static Path {
    static FILTER: LazyLock<PathBuf> = LazyLock::new(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "helm-postrender",
            ])
            .args([
                "--bin",
                "helm-postrender",
                "--message-format",
                "json-render-diagnostics",
            ])
            .arg("--target-dir")
            .arg(target)
            .current_dir(repository())
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "cargo builds no helm-postrender");
        let messages = String::from_utf8(output.stdout).expect("UTF-8");
        let mut executables = messages.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).expect("a line of JSON");
            message["executable"].as_str().map(PathBuf::from)
        });
        executables.next().expect("cargo names the program")
    });
    &FILTER
}
