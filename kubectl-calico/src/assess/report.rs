//! The report: the state, the facts, the findings, and what could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cluster_state::ClusterState;
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
    /// What was read or follows from it.
    pub facts: Facts,
    /// Every place where a check fails, the most severe first.
    pub findings: Vec<Finding>,
    /// What could not be read, and the checks that were skipped because of it.
    pub not_read: Vec<NotRead>,
}

/// The number of findings of each severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingCounts {
    /// Findings about something that does not work.
    pub error: usize,
    /// Findings about something that will not work for long or not for all.
    pub warning: usize,
    /// Findings that are worth knowing, and no problem.
    pub note: usize,
}

/// The number of checks by their result. Together they are all checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckCounts {
    /// Checks without a finding.
    pub passed: usize,
    /// Checks with at least one finding, of whatever severity.
    pub failed: usize,
    /// Checks that could not judge, because something they need could not be read: `notRead` has their
    /// codes.
    pub skipped: usize,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotRead {
    /// The object that could not be read, or the kind whose objects could not be.
    pub object: ObjectRef,
    /// Why it could not be read.
    pub why: String,
    /// The missing permission, if that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The codes of the checks that were skipped because of it.
    pub codes: BTreeSet<&'static str>,
}

impl FindingCounts {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let count = |severity| {
            let of_severity = findings.iter().filter(|found| found.severity == severity);
            of_severity.count()
        };
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            note: count(Severity::Note),
        }
    }
}

impl CheckCounts {
    pub(super) fn of(all: usize, findings: &[Finding], not_read: &[NotRead]) -> Self {
        let failed: BTreeSet<&str> = findings.iter().map(|found| found.code).collect();
        let skipped: BTreeSet<&str> = not_read
            .iter()
            .flat_map(|row| row.codes.iter().copied())
            .collect();
        let (failed, skipped) = (failed.len(), skipped.len());
        Self {
            passed: all.saturating_sub(failed + skipped),
            failed,
            skipped,
        }
    }
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
