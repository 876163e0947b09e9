//! The cases, and how the plugin is run on one.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::repository;
use serde_json::Value;

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder of tests/cases/plan.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    manifest: String,
    arguments: Vec<String>,
}

/// Every case, in the order of its name.
pub(crate) fn cases() -> Vec<Case> {
    calico_test_support::cases::cases("plan", "cluster.yaml")
        .into_iter()
        .map(Case::read)
        .collect()
}

/// The case of that name.
pub(crate) fn case(name: &str) -> Case {
    Case::read(repository().join("tests/cases/plan").join(name))
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let arguments = fs::read_to_string(folder.join("args")).unwrap_or_default();
        let objects = cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap());
        Self {
            manifest: manifest(&objects),
            arguments: arguments.lines().map(str::to_owned).collect(),
            folder,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    /// Runs the plugin with the case's arguments and more.
    pub(crate) fn run(&self, more: &[&str]) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cluster.yaml");
        fs::write(&file, &self.manifest).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
            .env_clear()
            .current_dir(folder.path())
            .args(["plan", "-f", "cluster.yaml"])
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

    /// The plan in a format, where all is well with it.
    pub(crate) fn written(&self, format: &str) -> String {
        let ran = self.run(&["-o", format]);
        assert_eq!(ran.exit, 0, "{}: {}", self.name(), ran.stderr);
        ran.stdout
    }

    pub(crate) fn json(&self) -> Value {
        let ran = self.run(&["-o", "json"]);
        serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.name(), ran.stderr))
    }
}
