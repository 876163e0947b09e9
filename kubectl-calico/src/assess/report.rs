//! The report: the state, the facts, the findings, and what could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cluster_state::ClusterState;
use super::counts::{CheckCounts, FindingCounts};
use super::facts::Facts;
use super::finding::{Finding, Severity};
use crate::document::Head;
use crate::snapshot::ObjectRef;

/// `kind` of a report.
pub const KIND: &str = "StatusReport";

/// What `kubectl calico status` reports about a cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "StatusReport"))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The first fields of the document.
    #[serde(flatten)]
    pub head: Head,
    /// The state of Calico in the cluster.
    pub state: ClusterState,
    /// The state in one sentence.
    pub summary: String,
    /// How many findings there are of each severity.
    pub counts: FindingCounts,
    /// How many checks passed, failed and were skipped.
    pub checks: CheckCounts,
    /// What was read or derived.
    pub facts: Facts,
    /// Every place where a check fails, in the order in which to fix them: first what the operator would
    /// otherwise do as soon as it can, then the most severe. Symptoms follow their cause.
    pub findings: Vec<Finding>,
    /// What could not be read, and the checks that were skipped because of it.
    pub not_read: Vec<NotRead>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotRead {
    /// The object that could not be read, or the kind if none of its objects could be read.
    pub object: ObjectRef,
    /// Why it could not be read.
    pub why: String,
    /// The missing permission, if that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The codes of the checks that were skipped because of it.
    pub codes: BTreeSet<&'static str>,
}

impl Report {
    /// Whether no check was skipped.
    pub fn is_complete(&self) -> bool {
        self.checks.skipped == 0
    }

    /// The severity of the most severe finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|found| found.severity).max()
    }
}
