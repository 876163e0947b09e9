//! A case: a cluster and its report.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use calico_test_support::clusters::cluster;
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::run::run_on;

/// A folder of tests/cases/status.
pub(super) struct Case {
    pub(super) folder: PathBuf,
    pub(super) objects: Vec<Value>,
    report: OnceLock<Value>,
}

/// Every case, sorted by name.
pub(super) fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        calico_test_support::cases::cases("status", "cluster.yaml")
            .into_iter()
            .map(Case::read)
            .collect()
    });
    &CASES
}

/// Enough to check what does not depend on the check.
pub(super) fn one_per_code() -> Vec<&'static Case> {
    let mut cases: Vec<_> = cases().iter().collect();
    cases.dedup_by_key(|case| case.folder.parent());
    cases
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let objects = cluster(&fs::read_to_string(folder.join("cluster.yaml")).unwrap());
        Self {
            folder,
            objects,
            report: OnceLock::new(),
        }
    }

    /// The name of its folder, such as `fails-with-ipv6`.
    pub(super) fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    /// The code that the case is about, if its parent folder is named after one.
    pub(super) fn code(&self) -> Option<&str> {
        let parent = self.folder.parent().and_then(Path::file_name)?.to_str()?;
        parent.starts_with("CAL").then_some(parent)
    }

    /// The report as JSON.
    pub(super) fn report(&self) -> &Value {
        self.report.get_or_init(|| report(&self.objects))
    }
}

/// Runs `status` on these objects.
pub(super) fn status(objects: &[Value], arguments: &[&str]) -> Outcome {
    run_on(objects, "status", arguments)
}

/// The report on these objects, as JSON.
pub(super) fn report(objects: &[Value]) -> Value {
    let outcome = status(objects, &["-o", "json"]);
    serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", outcome.output()))
}

/// The codes of a report's findings.
pub(super) fn codes(report: &Value) -> Vec<&str> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}
