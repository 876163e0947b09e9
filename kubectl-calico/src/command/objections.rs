//! What a plan for a cluster without Calico objects to.

use k8s_openapi::jiff::Timestamp;

use crate::assess::finding::{Finding, Severity};
use crate::assess::report::Report;
use crate::plan::plan;
use crate::plan::request::PlanRequest;
use crate::snapshot::Snapshot;

/// The errors and warnings of the plan that the report does not have.
pub(super) fn objections(snapshot: &Snapshot, report: &Report, now: Timestamp) -> Vec<Finding> {
    let mut findings = plan(snapshot, &PlanRequest::default(), now).findings;
    findings.retain(|found| {
        let mut known = report.findings.iter();
        found.severity > Severity::Note
            && !known.any(|known| known.code == found.code && known.message == found.message)
    });
    findings
}
