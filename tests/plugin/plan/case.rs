//! A case: a cluster, arguments, and the plan.

use std::fs;
use std::path::PathBuf;

use calico_test_support::clusters::cluster;
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;
use serde_json::{Value, json};

use crate::run::run_on;

/// A folder of tests/cases/plan.
pub(super) struct Case {
    pub(super) folder: PathBuf,
    objects: Vec<Value>,
    arguments: Vec<String>,
}

/// Every case, sorted by name.
pub(super) fn cases() -> Vec<Case> {
    calico_test_support::cases::cases("plan", "cluster.yaml")
        .into_iter()
        .map(Case::read)
        .collect()
}

/// The case with this name.
pub(super) fn case(name: &str) -> Case {
    Case::read(repository().join("tests/cases/plan").join(name))
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let arguments = fs::read_to_string(folder.join("args")).unwrap_or_default();
        Self {
            objects: cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap()),
            arguments: arguments.lines().map(str::to_owned).collect(),
            folder,
        }
    }

    pub(super) fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    /// Runs `plan` with the case's arguments and these.
    pub(super) fn run(&self, arguments: &[&str]) -> Outcome {
        let own = self.arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = own.chain(arguments.iter().copied()).collect();
        run_on(&self.objects, "plan", &arguments)
    }

    /// The plan in a format. It has no errors.
    pub(super) fn written(&self, format: &str) -> String {
        let outcome = self.run(&["-o", format]);
        assert_eq!(outcome.exit, 0, "{}: {}", self.name(), outcome.stderr);
        outcome.stdout
    }

    pub(super) fn json(&self) -> Value {
        let outcome = self.run(&["-o", "json"]);
        serde_json::from_str(&outcome.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.name(), outcome.stderr))
    }

    /// Whether the plan has no errors and is for a cluster without Calico.
    pub(super) fn is_new_install(&self, plan: &Value) -> bool {
        plan["facts"]["install"]["method"]["value"]["kind"] == "nothing" && self.run(&[]).exit == 0
    }
}

/// An Installation with this spec, as a stream for the filter.
pub(super) fn installation(spec: &Value) -> String {
    json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
        "metadata": {"name": "default"}, "spec": spec,
    })
    .to_string()
}
