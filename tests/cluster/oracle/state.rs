//! The state of the cluster, and that of each component.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Objects, differ, list, subjects, text};

/// A component that its TigeraStatus reports as degraded or unavailable has a finding, and no other. An uninstall leaves
/// reports that nobody updates.
pub(super) fn components(objects: &Objects, report: &Value) -> Vec<String> {
    let is_gone = objects.installation().is_none() && !objects.operator_exists();
    let wanted = if is_gone {
        BTreeSet::new()
    } else {
        objects.failing()
    };
    let findings = subjects(report, |code| ["CAL107", "CAL108"].contains(&code));
    let findings = findings
        .iter()
        .filter_map(|it| it.strip_prefix("TigeraStatus/"));
    let findings: BTreeSet<String> = findings.map(str::to_owned).collect();
    let facts = list(&report["facts"]["components"]["value"])
        .filter(|component| component["state"] != "Available")
        .map(|component| text(&component["name"]).to_owned());
    let facts: BTreeSet<String> = facts.collect();
    [
        differ("findings about components", &wanted, &findings),
        differ("components that are not available", &wanted, &facts),
    ]
    .concat()
}

/// A cluster with Calico is healthy if its operator runs and says so, and every calico-node is ready. Findings about the
/// network (CAL2xx, CAL3xx) and about the addresses of nodes (CAL510) are none of the operator's business.
pub(super) fn state(objects: &Objects, report: &Value) -> Vec<String> {
    let state = text(&report["state"]);
    let calico_node = objects
        .daemon_sets
        .iter()
        .any(|it| super::name(it) == "calico-node");
    let Some(installation) = objects.installation() else {
        let is_installed = state != "notInstalled";
        if is_installed == calico_node {
            return Vec::new();
        }
        return vec![format!("state: {state}; calico-node exists: {calico_node}")];
    };
    let failing = objects.failing();
    let is_going = !installation["metadata"]["deletionTimestamp"].is_null();
    let runs = objects.operator_runs();
    let agents = objects.calico_node().is_some_and(|it| {
        let status = &it["status"];
        status["numberReady"] == status["desiredNumberScheduled"]
    });
    let is_well = failing.is_empty() && !is_going && runs && agents;
    let errors = list(&report["findings"]).filter(|it| it["severity"] == "error");
    let errors: Vec<String> = errors
        .map(|it| format!("{} {}", text(&it["code"]), text(&it["subject"])))
        .filter(|error| {
            !["CAL2", "CAL3", "CAL510"]
                .iter()
                .any(|about| error.starts_with(about))
        })
        .collect();
    let is_right = if is_well {
        errors.is_empty() && state != "notInstalled"
    } else {
        state != "healthy"
    };
    if is_right {
        return Vec::new();
    }
    vec![format!(
        "state: {state} with {errors:?}; failing: {failing:?}, being deleted: {is_going}, the operator runs: {runs}, \
         every calico-node is ready: {agents}"
    )]
}
