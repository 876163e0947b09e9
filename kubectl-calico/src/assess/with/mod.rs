//! What manifests change in a cluster, before they are applied to it.

mod dataplane;
mod downgrade;
mod rejection;

use std::collections::BTreeSet;

use calico_core::catalog::Entry;
use k8s_openapi::jiff::Timestamp;

use super::accepted::Accepted;
use super::changes::{Changes, KnownFinding, Same};
use super::check::{Case, Judges};
use super::checks::installation_rules::{RULE_BROKEN, broken};
use super::checks::judges;
use super::checks::migration::HALF_MIGRATED;
use super::cluster_state::ClusterState;
use super::counts::FindingCounts;
use super::facts::Facts;
use super::facts::ports::list;
use super::finding::{Finding, Severity};
use super::location;
use super::manifest_fix;
use super::pool_changes::{PoolChange, carry_out, pool_changes};
use super::report::Report;
use super::{assess, conclude};
use crate::snapshot::{Basis, BasisKind, FileOverlay, ObjectRef, Snapshot};

/// The findings about the change itself, which no cluster has.
pub static ENTRIES: &[&Entry] = &[&rejection::CHANGE_REJECTED, &downgrade::DOWNGRADE];

/// The report of a cluster with manifests laid over it, once the operator has changed the pools to match:
/// only what differs from the report `before`, in which nothing is ignored. What is accepted is neither new
/// nor gone.
pub fn with(
    before: &Report,
    cluster: &Snapshot,
    mut overlaid: Snapshot,
    overlay: FileOverlay,
    accepted: &Accepted,
    now: Timestamp,
) -> Report {
    let violations = violations(before, cluster, &overlaid);
    // Rejected by the API server, nothing of it takes effect, and nothing by the operator either, until it
    // is corrected.
    if violations
        .iter()
        .any(|found| found.severity == Severity::Error)
    {
        overlaid.installations.clone_from(&cluster.installations);
    }
    let pending: Vec<String> = described(&pool_changes(&before.facts));
    let changes = pool_changes(&Facts::of(&overlaid));
    let mut operator = described(&changes);
    operator.retain(|change| !pending.contains(change));
    if cluster.installations != overlaid.installations {
        carry_out(&mut overlaid, &changes);
        dataplane::follow(&mut overlaid, cluster);
    }
    let created = changes.iter().filter_map(|change| match change {
        PoolChange::Create(pool) => Some(pool.object().to_string()),
        PoolChange::Update { .. } | PoolChange::Delete { .. } => None,
    });
    let created: BTreeSet<String> = created.collect();
    if before.state == ClusterState::NotInstalled {
        overlaid.basis = Basis::known(BasisKind::Proposal, "no part of Calico is in the cluster");
    }
    let mut report = assess(&overlaid, now);
    let code = RULE_BROKEN.entry.code;
    let is_known = |found: &Finding| before.findings.iter().any(|known| known.code == found.code);
    let keep = report.findings.iter().map(|found| {
        found.code != code
            && !is_about_absence(found, &overlay)
            && (!is_observed(found) || is_known(found))
    });
    let keep = keep.collect();
    report.keep(keep);
    let added = report.findings.iter_mut().filter(|found| {
        // Canal, and manifests that contain both, are errors with words of their own.
        found.code == HALF_MIGRATED.entry.code
            && found.severity < Severity::Error
            && overlay.new.contains(&found.subject)
    });
    added.for_each(second_install);
    report.recount_checks();
    let of_change = rejection::rejections(&overlay)
        .chain(downgrade::downgrade(&before.facts, &report.facts))
        .chain(violations)
        .collect::<Vec<_>>();
    report.findings.splice(0..0, of_change);
    location::locate(&mut report.findings, &overlaid);
    report.counts = FindingCounts::of(&report.findings);
    conclude(&mut report);
    accepted.apply(&mut report);
    let mut counted = before.clone();
    accepted.apply(&mut counted);
    let mut known: Vec<KnownFinding> = counted.findings.iter().map(Into::into).collect();
    for known in &mut known {
        follow_pool(known, &report.findings, &created);
    }
    let compared = "with the cluster as it is";
    let (mut changes, keep) = Changes::of(
        &report.findings,
        &report.unchecked(),
        known,
        Same::Message,
        compared,
    );
    report.keep(keep);
    for finding in &mut report.findings {
        if !ENTRIES.iter().any(|entry| entry.code == finding.code) {
            manifest_fix::of_overlay(finding, &overlay, &created);
        }
    }
    let mut ports = report.facts.routing.ports.clone();
    ports.retain(|port| !before.facts.routing.ports.contains(port));
    if !ports.is_empty() {
        changes.ports = Some(list(&ports));
    }
    changes.operator = operator;
    changes.assumed = overlay.assumed;
    report.changes = Some(changes);
    report
}

/// Whether a finding is about what runs, of an object that only the files have: it has no status yet, and
/// nobody has acted on it.
fn is_about_absence(finding: &Finding, overlay: &FileOverlay) -> bool {
    let is_new = |object: &str| overlay.new.contains(object) && !object.starts_with("IPPool/");
    judges(finding.code).is_some_and(Judges::needs_cluster)
        && (is_new(&finding.subject)
            || finding
                .evidence
                .iter()
                .any(|evidence| is_new(&evidence.object.to_string())))
}

/// Whether a finding is about what has happened: with manifests that have not been applied, nothing has.
fn is_observed(finding: &Finding) -> bool {
    judges(finding.code) == Some(Judges::Running)
}

/// A calico-node of the manifests beside the operator's. There is no migration yet that could continue.
fn second_install(finding: &mut Finding) {
    let subject = finding.subject.clone();
    let mut second = Finding::error(
        &HALF_MIGRATED.entry,
        subject,
        "the manifests install Calico a second time, beside the operator's",
    )
    .exists(ObjectRef::installation())
    .impact(
        "the operator treats them as an install to migrate, and their CRDs and kube-controllers \
         can be of another version",
    )
    .in_manifest("do not apply these manifests: change the Installation, or upgrade the operator");
    second.location.clone_from(&finding.location);
    *finding = second;
}

/// What was wrong with a listed pool is no other problem once the operator has created the pool.
fn follow_pool(known: &mut KnownFinding, findings: &[Finding], created: &BTreeSet<String>) {
    let same = findings.iter().find(|found| {
        created.contains(&found.subject)
            && (found.code, &found.message) == (known.code.as_str(), &known.message)
    });
    if let Some(same) = same
        && known.subject == ObjectRef::installation().to_string()
    {
        known.subject.clone_from(&same.subject);
    }
}

/// The rules that the Installation breaks with the manifests. What the operator has accepted in the cluster,
/// it accepts again.
fn violations(before: &Report, cluster: &Snapshot, overlaid: &Snapshot) -> Vec<Finding> {
    let code = RULE_BROKEN.entry.code;
    let reported: BTreeSet<&str> = before
        .findings
        .iter()
        .filter(|found| found.code == code)
        .map(|found| found.message.as_str())
        .collect();
    let accepted: BTreeSet<String> = of_installation(cluster, &before.facts)
        .into_iter()
        .map(|found| found.message)
        .filter(|message| !reported.contains(message.as_str()))
        .collect();
    let mut found = of_installation(overlaid, &Facts::of(overlaid));
    found.retain(|found| !accepted.contains(&found.message));
    found
}

/// The rules that an Installation breaks, whether the operator has accepted it or not.
fn of_installation(snapshot: &Snapshot, facts: &Facts) -> Vec<Finding> {
    if RULE_BROKEN.can_judge(&snapshot.unknown()) {
        broken(&Case { snapshot, facts }, false)
    } else {
        Vec::new()
    }
}

fn described(changes: &[PoolChange]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}
