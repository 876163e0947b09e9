//! The report: the state, the facts, the findings, and what could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::changes::Changes;
use super::checks::judges;
use super::cluster_state::ClusterState;
use super::connectivity::Connectivity;
use super::counts::{CheckCounts, FindingCounts};
use super::finding::{Finding, FindingRef, Severity};
use super::ignores::Ignores;
use super::not_applicable::NotApplicable;
use super::not_read::NotRead;
use crate::document::Head;
use crate::facts::Facts;
use crate::repair::destination::Destination;
use crate::snapshot::Basis;

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
    /// What is judged: a cluster, or manifests that have yet to be applied.
    pub basis: Basis,
    /// The state of Calico in the cluster, or what the checks say about the proposal.
    pub state: ClusterState,
    /// The state in one sentence.
    pub summary: String,
    /// How many findings there are of each severity.
    pub counts: FindingCounts,
    /// The number of checks by result.
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
    /// On a cluster without Calico, the errors and warnings of kubectl calico plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan_findings: Vec<Finding>,
    /// What could not be read, and the checks that were skipped because of it.
    pub not_read: Vec<NotRead>,
    /// The checks that do not apply to a proposal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_applicable: Vec<NotApplicable>,
    /// The codes of the checks for which --pods was not given.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not_requested: BTreeSet<&'static str>,
    /// The findings that are ignored for a reason, with --ignore and --ignore-file.
    #[serde(skip_serializing_if = "Ignores::is_empty")]
    pub ignores: Ignores,
    /// How the report differs from another one, with --with and --baseline. `findings` then has only the
    /// findings that are new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// Where its commands go.
    #[serde(skip)]
    pub destination: Destination,
}

impl Report {
    /// Sends its commands to the cluster.
    pub fn address(&mut self, destination: Destination) {
        let findings = self.findings.iter_mut().chain(&mut self.plan_findings);
        for finding in findings {
            destination.address_all(&mut finding.fix);
        }
        if let Some(connectivity) = &mut self.connectivity {
            destination.address_all(&mut connectivity.steps);
        }
        self.destination = destination;
    }

    /// The codes of the checks that did not run.
    pub fn unchecked(&self) -> BTreeSet<&'static str> {
        let skipped = self.not_read.iter().map(|row| &row.codes);
        let not_applicable = self.not_applicable.iter().map(|row| &row.codes);
        let rows = skipped.chain(not_applicable);
        rows.chain([&self.not_requested])
            .flatten()
            .copied()
            .collect()
    }

    /// Counts the checks by what the report says about each. Their number stays the same.
    pub fn recount_checks(&mut self) {
        let CheckCounts {
            passed,
            failed,
            ignored,
            unchanged,
            skipped,
            not_applicable,
        } = self.checks;
        let judged = passed + failed + ignored + unchanged;
        let mut seen = BTreeSet::new();
        let failed = checks_of(self.findings.iter().map(|finding| finding.code), &mut seen);
        let ignored = self.ignores.ignored.iter();
        let ignored = checks_of(
            ignored.map(|ignored| ignored.finding.code.as_str()),
            &mut seen,
        );
        let changes = self.changes.iter();
        let unchanged = checks_of(changes.flat_map(Changes::still_found), &mut seen);
        self.checks = CheckCounts {
            passed: judged.saturating_sub(failed + ignored + unchanged),
            failed,
            ignored,
            unchanged,
            skipped,
            not_applicable,
        };
    }

    /// Keeps the findings for which `keep` is true, in their order. The others are counted no longer, and
    /// no finding refers to them.
    pub fn keep(&mut self, keep: Vec<bool>) {
        let mut keep = keep.into_iter();
        self.findings.retain(|_| keep.next().unwrap_or(true));
        let kept: BTreeSet<FindingRef> = self.findings.iter().map(Finding::reference).collect();
        let is_gone = |finding: &FindingRef| !kept.contains(finding);
        for finding in &mut self.findings {
            finding.after.take_if(|other| is_gone(other));
            finding.symptom_of.take_if(|other| is_gone(other));
        }
        self.counts = FindingCounts::of(&self.findings);
    }

    /// Whether no check was skipped.
    pub fn is_complete(&self) -> bool {
        self.checks.skipped == 0
    }

    /// The severity of the most severe finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|found| found.severity).max()
    }
}

/// The number of checks with these codes that were not seen before. What --with finds about the change itself
/// has no check.
fn checks_of<'a>(codes: impl Iterator<Item = &'a str>, seen: &mut BTreeSet<&'a str>) -> usize {
    let before = seen.len();
    seen.extend(codes.filter(|code| judges(code).is_some()));
    seen.len() - before
}
