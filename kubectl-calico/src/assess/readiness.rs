//! What `--wait` waits for.

use super::cluster_state::ClusterState;
use super::finding::{Finding, Severity};
use super::not_read::Reason;
use super::report::Report;
use crate::facts::components::ComponentState;
use crate::phrases::{counted, few};

/// What is missing until Calico is installed, available and without the findings that count; `None` if nothing
/// is. What this user may not read is not waited for.
pub fn missing(report: &Report, counts: impl Fn(Severity) -> bool) -> Option<String> {
    if report.state == ClusterState::NotInstalled {
        return Some(format!("Calico to be installed ({})", report.summary));
    }
    // What this user may not read stays unknown; a server that restarts responds again.
    let mut not_read = report.not_read.iter();
    if let Some(row) = not_read.find(|row| row.reason == Reason::Failed) {
        return Some(format!("{} to be readable ({})", row.object, row.why));
    }
    unavailable(report)
        .or_else(|| uncounted(report))
        .or_else(|| remaining(report, counts))
}

/// The components that the operator reports, but not as available.
fn unavailable(report: &Report) -> Option<String> {
    let components = report.facts.components.value().into_iter().flatten();
    let unavailable: Vec<&str> = components
        .filter(|component| component.state != ComponentState::Available)
        .map(|component| component.name.as_str())
        .collect();
    (!unavailable.is_empty())
        .then(|| format!("the operator to report {} as available", few(&unavailable)))
}

/// The pods of calico-node that are not counted as ready.
fn uncounted(report: &Report) -> Option<String> {
    let agents = &report.facts.agents;
    if agents.is_absent() {
        return Some("calico-node to be created".to_owned());
    }
    match &agents.value()?.counts {
        None => Some("the controller of calico-node's DaemonSet to count its pods".to_owned()),
        Some(counts) if counts.ready < counts.desired || counts.desired == 0 => Some(format!(
            "calico-node: {} of {} ready",
            counts.ready, counts.desired
        )),
        Some(_) => None,
    }
}

/// The findings that count.
fn remaining(report: &Report, counts: impl Fn(Severity) -> bool) -> Option<String> {
    let found: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|it| counts(it.severity))
        .collect();
    let first = found.first()?;
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(", and {} more", counted(more, "finding")),
    };
    Some(format!(
        "{} {}: {}{more}",
        first.code, first.subject, first.message
    ))
}
