//! From a snapshot to a report: the facts, then the findings.
//!
//! To add a check: declare it in a file of [`checks`] next to the function that finds it, list it
//! in [`checks::CHECKS`], and give it a failing and a passing case in tests/cases/status. Its text
//! becomes its section of docs/findings.md.

pub mod accepted;
pub(crate) mod advice;
mod attribution;
pub(crate) mod candidate_pools;
pub mod changes;
pub mod check;
pub mod checks;
pub mod cluster_state;
pub mod connectivity;
pub mod counts;
pub mod finding;
pub mod ignores;
mod location;
mod manifest_fix;
pub(crate) mod message_requests;
pub mod not_applicable;
pub mod not_read;
mod order;
pub mod pending_change;
mod pod_messages;
pub mod pool_changes;
pub mod readiness;
mod removal;
pub mod report;
pub mod subject;
mod symptoms;
pub mod with;

use std::collections::BTreeSet;

use crate::facts::Facts;
use attribution::attribute;
use check::{Case, Check};
use checks::CHECKS;
use cluster_state::ClusterState;
use connectivity::Connectivity;
use counts::{CheckCounts, FindingCounts};
use finding::Finding;
use ignores::Ignores;
use k8s_openapi::jiff::Timestamp;
use not_applicable::not_applicable;
use not_read::{Reason, not_read};
use report::{KIND, Report};

use crate::document::Head;
use crate::repair::destination::Destination;
use crate::repair::owned_objects::name_owners;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Snapshot, Unknown};

/// The report of a snapshot; `now` is when the report is written.
pub fn assess(snapshot: &Snapshot, now: Timestamp) -> Report {
    let mut report = report_of(snapshot, Facts::of(snapshot), now, |found| found);
    attribute(&mut report.findings);
    report
}

/// The report of a snapshot with these facts. `revise` changes what the checks find.
fn report_of(
    snapshot: &Snapshot,
    facts: Facts,
    now: Timestamp,
    revise: impl FnOnce(Vec<Finding>) -> Vec<Finding>,
) -> Report {
    let unknown = snapshot.unknown();
    let case = Case {
        snapshot,
        facts: &facts,
    };
    let not_applicable = not_applicable(&snapshot.basis, &unknown);
    let out = not_applicable::codes(&not_applicable);
    let not_requested: BTreeSet<&str> = CHECKS
        .iter()
        .filter(|check| check.is_not_requested(snapshot))
        .map(|check| check.entry.code)
        .filter(|code| !out.contains(code))
        .collect();
    let applies = |check: &Check| {
        let code = check.entry.code;
        !out.contains(code) && !not_requested.contains(code)
    };
    let found = revise(of_checks(&case, &unknown, applies));
    let mut findings = order::ordered(found);
    location::locate(&mut findings, snapshot);
    if snapshot.basis.is_proposal() {
        findings.iter_mut().for_each(manifest_fix::of_proposal);
    }
    let mut not_read = not_read(&unknown);
    if snapshot.basis.is_proposal() {
        not_read.retain(|row| row.reason != Reason::NotGiven);
    }
    let skipped = CHECKS
        .iter()
        .filter(|check| applies(check) && !check.can_judge(&unknown));
    let counts = FindingCounts::of(&findings);
    let requested = CHECKS.len() - not_requested.len();
    let (skipped, not_applicable_count) = (skipped.count(), out.len());
    let checks = CheckCounts {
        passed: requested.saturating_sub(skipped + not_applicable_count),
        skipped,
        not_applicable: not_applicable_count,
        ..CheckCounts::default()
    };
    let mut report = Report {
        head: Head::new(KIND, &snapshot.origin, now),
        basis: snapshot.basis.clone(),
        state: ClusterState::Unknown,
        summary: String::new(),
        counts,
        checks,
        connectivity: Connectivity::of(snapshot, &facts, &findings),
        facts,
        findings,
        plan_findings: Vec::new(),
        not_read,
        not_applicable,
        not_requested,
        ignores: Ignores::default(),
        changes: None,
        destination: Destination::default(),
    };
    report.recount_checks();
    conclude(&mut report);
    report
}

/// Sets the state from the findings, the facts and what could not be read.
pub fn conclude(report: &mut Report) {
    let (facts, counts, checks) = (&report.facts, &report.counts, &report.checks);
    let is_complete = !report
        .not_read
        .iter()
        .any(|row| row.reason != Reason::NotGiven);
    report.state = if report.basis.is_proposal() {
        ClusterState::proposed(facts, counts, is_complete)
    } else {
        ClusterState::of(facts, counts, checks, is_complete)
    };
    report.summary = report.state.summary(&report.basis, facts, counts, checks);
}

/// The findings of the wanted checks, in the order in which to fix them. Checks that need unknown rows are
/// skipped.
pub fn found(
    case: &Case,
    unknown: &[(&'static Resource, Unknown)],
    wanted: impl Fn(&Check) -> bool,
) -> Vec<Finding> {
    let mut findings = order::ordered(of_checks(case, unknown, wanted));
    attribute(&mut findings);
    findings
}

/// The findings of the wanted checks, in the order of the checks.
fn of_checks(
    case: &Case,
    unknown: &[(&'static Resource, Unknown)],
    wanted: impl Fn(&Check) -> bool,
) -> Vec<Finding> {
    CHECKS
        .iter()
        .filter(|check| wanted(check) && check.can_judge(unknown))
        .flat_map(|check| (check.find)(case))
        .map(|finding| pod_messages::with_messages(case, finding))
        .map(|finding| removal::without_lost_changes(case, finding))
        .map(|mut finding| {
            name_owners(case.snapshot, case.facts, &mut finding.fix);
            finding
        })
        .collect()
}
