//! The report: the state, the facts, the findings, and what could not be read.

use serde::Serialize;

use super::cluster_state::ClusterState;
use super::connectivity::Connectivity;
use super::counts::{CheckCounts, FindingCounts};
use super::facts::Facts;
use super::finding::{Finding, Severity};
use super::not_read::NotRead;
use crate::document::Head;

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
    /// What to run if pods on other nodes do not answer; absent with fewer than two nodes, or if Calico
    /// does not connect pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connectivity: Option<Connectivity>,
    /// What could not be read, and the checks that were skipped because of it.
    pub not_read: Vec<NotRead>,
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
