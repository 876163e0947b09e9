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
    let components = report
        .facts
        .components
        .value()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let unavailable: Vec<&str> = components
        .iter()
        .filter(|component| component.state != ComponentState::Available)
        .map(|component| component.name.as_str())
        .collect();
    if !unavailable.is_empty() {
        return Some(format!(
            "the operator to report {} as available",
            few(&unavailable)
        ));
    }
    if report
        .facts
        .agents
        .value()
        .is_some_and(|agents| agents.counts.is_none())
    {
        return Some("the controller of calico-node's DaemonSet to count its pods".to_owned());
    }
    let agents = report
        .facts
        .agents
        .value()
        .and_then(|agents| agents.counts.as_ref());
    if let Some(agents) = agents.filter(|it| it.ready < it.desired || it.desired == 0) {
        return Some(format!(
            "calico-node: {} of {} ready",
            agents.ready, agents.desired
        ));
    }
    if report.facts.agents.is_absent() {
        return Some("calico-node to be created".to_owned());
    }
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
