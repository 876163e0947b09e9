//! The report: facts, findings, and what could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::facts::Facts;
use super::finding::{Finding, Severity};
use crate::snapshot::ObjectRef;

/// `apiVersion` of a report. A field is never taken away or given another meaning under the same
/// version.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// `kind` of a report.
pub const KIND: &str = "StatusReport";

/// What `kubectl calico status` says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// [`API_VERSION`]
    pub api_version: &'static str,
    /// [`KIND`]
    pub kind: &'static str,
    /// All of it in one sentence.
    pub verdict: String,
    /// What is so.
    pub facts: Facts,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub not_read: Vec<NotRead>,
}

/// Something that could not be read, and what could not be judged for want of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotRead {
    /// The object that could not be read, or the kind whose objects could not be.
    pub object: ObjectRef,
    /// Why not.
    pub why: String,
    /// The permission that is missing, if it is for want of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The codes of the checks that could not be made.
    pub codes: BTreeSet<&'static str>,
}

impl Report {
    /// How many findings are that bad.
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|found| found.severity == severity).count()
    }

    /// Whether every check could be made.
    pub fn is_complete(&self) -> bool {
        self.not_read.iter().all(|row| row.codes.is_empty())
    }

    /// How bad the worst finding is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|found| found.severity).max()
    }
}
