//! What manifests change in a cluster, before they are applied to it.

use k8s_openapi::jiff::Timestamp;

use super::assess;
use super::changes::{Changes, KnownFinding, Same};
use super::facts::Facts;
use super::facts::ports::list;
use super::pool_changes::{PoolChange, carry_out, pool_changes};
use super::proposal::{fix_the_manifests, without_commands};
use super::report::Report;
use crate::snapshot::Snapshot;

/// The report of a cluster with manifests laid over it, once the operator has changed the pools to match:
/// only what differs from the report `before`.
pub fn with(
    before: &Report,
    cluster: &Snapshot,
    mut overlaid: Snapshot,
    assumed: Vec<String>,
    now: Timestamp,
) -> Report {
    let pending: Vec<String> = described(&pool_changes(&before.facts));
    let changes = pool_changes(&Facts::of(&overlaid));
    let mut operator = described(&changes);
    operator.retain(|change| !pending.contains(change));
    if cluster.installations != overlaid.installations {
        carry_out(&mut overlaid, &changes);
    }
    let created = changes.iter().filter_map(|change| match change {
        PoolChange::Create(pool) => Some(pool.object().to_string()),
        PoolChange::Update { .. } | PoolChange::Delete { .. } => None,
    });
    let created: Vec<String> = created.collect();
    let mut report = assess(&overlaid, now);
    let known: Vec<KnownFinding> = before.findings.iter().map(Into::into).collect();
    let compared = "with the cluster as it is";
    let (mut changes, is_new) = Changes::of(
        &report.findings,
        &report.unchecked(),
        known,
        Same::Message,
        compared,
    );
    report.keep(is_new);
    for finding in &mut report.findings {
        if created.contains(&finding.subject) {
            fix_the_manifests(finding);
        } else {
            without_commands(finding);
        }
    }
    let mut ports = report.facts.routing.ports.clone();
    ports.retain(|port| !before.facts.routing.ports.contains(port));
    if !ports.is_empty() {
        changes.ports = Some(list(&ports));
    }
    changes.operator = operator;
    changes.assumed = assumed;
    report.changes = Some(changes);
    report
}

fn described(changes: &[PoolChange]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}
