//! `kubectl calico plan` on clusters from files.
//!
//! A folder of tests/cases/plan with a `cluster.yaml` (support/clusters.rs says how that is
//! written) is a case. `plan.txt` is what a person sees, with the exit code in front; `args` has
//! more arguments, a line each.
//!
//! `UPDATE_CASES=1 cargo test --test plan` writes the expected files anew: read the difference
//! before you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

#[path = "support/clusters.rs"]
mod clusters;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clusters::{cluster, manifest};

/// What a run came to.
struct Ran {
    exit: i32,
    stdout: String,
    stderr: String,
}

/// A folder of tests/cases/plan.
struct Case {
    folder: PathBuf,
    manifest: String,
    arguments: Vec<String>,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/plan");
    let folders = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.collect();
    folders.sort();
    let case = |folder: PathBuf| {
        let arguments = fs::read_to_string(folder.join("args")).unwrap_or_default();
        let objects = cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap());
        Case {
            manifest: manifest(&objects),
            arguments: arguments.lines().map(str::to_owned).collect(),
            folder,
        }
    };
    folders.into_iter().map(case).collect()
}

impl Case {
    fn run(&self, more: &[&str]) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cluster.yaml");
        fs::write(&file, &self.manifest).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
            .env_clear()
            .args(["plan", "-f"])
            .arg(&file)
            .args(&self.arguments)
            .args(more)
            .output()
            .unwrap();
        Ran {
            exit: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn check(&self) -> Result<(), String> {
        let ran = self.run(&[]);
        let got = format!("exit {}\n{}\n{}", ran.exit, ran.stderr, ran.stdout);
        let path = self.folder.join("plan.txt");
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&path, &got).unwrap();
        }
        let want = fs::read_to_string(&path).unwrap_or_default();
        if want == got {
            return Ok(());
        }
        Err(format!(
            "{}\n--- wanted\n{want}\n--- got\n{got}",
            self.folder.display()
        ))
    }
}

#[test]
fn every_case() {
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|case| case.check().err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} cases fail\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
