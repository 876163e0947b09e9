//! From a snapshot to a report: the facts, then the findings.
//!
//! To add a check: declare it in a file of [`checks`] next to the function that finds it, list it
//! in [`checks::CHECKS`], and give it a failing and a passing case in tests/cases/status. Its text
//! becomes its section of docs/findings.md.

pub(crate) mod advice;
pub(crate) mod candidate_pools;
pub mod check;
pub mod checks;
pub mod cluster_state;
pub mod connectivity;
pub mod counts;
mod excuses;
pub mod fact;
pub mod facts;
pub mod finding;
pub(crate) mod message_requests;
pub mod not_read;
mod order;
pub mod phrases;
mod pod_messages;
pub mod provenance;
pub mod report;
pub(crate) mod thresholds;
pub mod views;

use check::{Case, Check};
use checks::CHECKS;
use cluster_state::ClusterState;
use connectivity::Connectivity;
use counts::{CheckCounts, FindingCounts};
use facts::Facts;
use finding::Finding;
use k8s_openapi::jiff::Timestamp;
use not_read::{Reason, not_read};
use report::{KIND, Report};

use crate::document::Head;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Snapshot, Unknown};

/// The report of a snapshot; `now` is when the report is written.
pub fn assess(snapshot: &Snapshot, now: Timestamp) -> Report {
    let facts = Facts::of(snapshot);
    let unknown = snapshot.unknown();
    let case = Case {
        snapshot,
        facts: &facts,
    };
    let findings = found(&case, &unknown, |_| true);
    let not_read = not_read(&unknown);
    let skipped = CHECKS.iter().filter(|check| !check.can_judge(&unknown));
    let counts = FindingCounts::of(&findings);
    let checks = CheckCounts::of(CHECKS.len(), skipped.count(), &findings);
    let is_complete = !not_read.iter().any(|row| row.reason != Reason::NotGiven);
    let state = ClusterState::of(&facts, &counts, &checks, is_complete);
    Report {
        head: Head::new(KIND, &snapshot.origin, now),
        state,
        summary: state.summary(&facts, &counts, &checks),
        counts,
        checks,
        connectivity: Connectivity::of(snapshot, &facts, &findings),
        facts,
        findings,
        not_read,
    }
}

/// The findings of the wanted checks, in the order in which to fix them. Checks that need unknown rows are
/// skipped.
pub fn found(
    case: &Case,
    unknown: &[(&'static Resource, Unknown)],
    wanted: impl Fn(&Check) -> bool,
) -> Vec<Finding> {
    let findings = CHECKS
        .iter()
        .filter(|check| wanted(check) && check.can_judge(unknown))
        .flat_map(|check| (check.find)(case))
        .map(|finding| pod_messages::with_messages(case, finding))
        .collect();
    order::ordered(findings)
}
