//! What manifests change in a cluster, before they are applied to it.

mod applied;
mod convertible;
mod dataplane;
mod downgrade;
mod family;
mod fix;
mod invalid_pool;
mod ipam;
mod observed;
mod origins;
mod pairs;
mod placement;
mod rejection;
mod second_api_server;
mod second_install;
mod second_operator;
mod services;
mod settings;
mod takeover;
mod tunnels;
mod upgrade;
mod violations;

use applied::Applied;
use calico_core::catalog::Entry;
use k8s_openapi::jiff::Timestamp;
use observed::observed;
use origins::Origins;
use pairs::Pairs;
use second_install::{operator_beside_canal, second_install, second_node};

use super::accepted::Accepted;
use super::attribution::attribute;
use super::changes::{Changes, Same};
use super::checks::ebpf::NO_API_ADDRESS;
use super::checks::installation_rules::RULE_BROKEN;
use super::checks::migration::HALF_MIGRATED;
use super::checks::no_kube_proxy::NO_KUBE_PROXY;
use super::finding::{Finding, Severity, Suspect};
use super::report::Report;
use crate::facts::Facts;
use crate::facts::ports::list;
use crate::snapshot::{FileOverlay, Location, Places, Snapshot};

/// The findings about the change itself, which no cluster has.
pub static ENTRIES: &[&Entry] = &[
    &rejection::CHANGE_REJECTED,
    &downgrade::DOWNGRADE,
    &services::NO_SERVICES,
    &invalid_pool::POOL_INVALID,
    &family::FAMILY_MISSING,
    &placement::PLACEMENT_CHANGED,
    &second_api_server::SECOND_API_SERVER,
    &ipam::IPAM_CHANGED,
    &settings::UNSUITABLE_SETTING,
    &takeover::NOT_TAKEN_OVER,
];

/// The report of a cluster with manifests laid over it, once the operator has acted on them: only what
/// differs from the report `before`, in which nothing is ignored. What is accepted is neither new nor gone.
pub fn with(
    before: &Report,
    cluster: &Snapshot,
    overlaid: Snapshot,
    overlay: FileOverlay,
    accepted: &Accepted,
    now: Timestamp,
) -> Report {
    let Applied {
        snapshot,
        facts,
        findings,
        operator,
        moot,
        origins,
    } = Applied::of(before, cluster, overlaid, overlay);
    let mut of_change: Vec<Finding> = rejection::rejections(origins.overlay()).collect();
    of_change.extend(invalid_pool::invalid_pools(origins.overlay()));
    of_change.extend(downgrade::downgrade(&before.facts, &facts));
    of_change.extend(findings);
    let second_node =
        second_node(cluster, &snapshot).or_else(|| operator_beside_canal(cluster, &snapshot));
    let is_second = second_node.is_some();
    of_change.extend(second_node);
    let mut report = super::report_of(&snapshot, facts, now, |found| {
        let mut found = observed(&before.findings, found, &origins);
        // The rules are applied to the Installation of the manifests, even if it has no effect; and Services
        // without an implementation, and a calico-node beside another one, are reported once.
        let is_said = of_change
            .iter()
            .any(|it| it.code == services::NO_SERVICES.code);
        found.retain(|found| {
            let is_left_out = found.code == RULE_BROKEN.entry.code
                || moot.contains(&found.code)
                || (is_said && is_about_services(found))
                || (is_second && found.code == HALF_MIGRATED.entry.code);
            !is_left_out
        });
        let other_ipam = of_change
            .iter()
            .any(|it| it.code == ipam::IPAM_CHANGED.code);
        for found in &mut found {
            judge_as_manifests(found, &origins, &before.facts);
            // The pools did not count as long as another plugin assigned addresses.
            let is_known = before.findings.iter().any(|it| it.code == found.code);
            if other_ipam && !is_known && found.subject.pool().is_some() {
                found.suspects.push(Suspect::Code(ipam::IPAM_CHANGED.code));
            }
        }
        of_change.extend(found);
        for found in &mut of_change {
            origins.restate(found);
        }
        of_change
    });
    accepted.apply(&mut report);
    if !report.basis.is_proposal() {
        report.summary = with_the_manifests(&report.summary);
    }
    let Pairs { earlier, gone } = Pairs::of(&report.findings, accepted.rest(before), &origins);
    let unchecked = report.unchecked();
    let gone = gone.into_iter().filter(|it| !unchecked.contains(it.code));
    let gone = gone.map(Into::into).collect();
    let compared = "with the cluster as it is";
    let (mut changes, keep) =
        Changes::between(&report.findings, earlier, gone, Same::Message, compared);
    report.keep(keep);
    attribute(&mut report.findings);
    for finding in &mut report.findings {
        if !ENTRIES.iter().any(|entry| entry.code == finding.code) {
            fix::fix(finding, &origins);
        }
        if let Some(line) = line(finding, &origins, &snapshot.places) {
            finding.location = Some(line);
        }
    }
    let mut ports = report.facts.routing.ports.clone();
    ports.retain(|port| !before.facts.routing.ports.contains(port));
    changes.ports = (!ports.is_empty()).then(|| list(&ports));
    changes.operator = operator;
    changes.assumed.clone_from(&origins.overlay().assumed);
    report.changes = Some(changes);
    report.recount_checks();
    report
}

/// Whether Services lack an implementation, or the one that is asked for.
fn is_about_services(finding: &Finding) -> bool {
    NO_API_ADDRESS.found(finding) || NO_KUBE_PROXY.found(finding)
}

/// The line of the first field of the manifests that a finding follows from: of its subject, if that is there.
fn line(finding: &Finding, origins: &Origins, places: &Places) -> Option<Location> {
    let blamed = origins.blamed(finding);
    let first = blamed.get_key_value(&finding.subject.to_string());
    let (object, fields) = first.or_else(|| blamed.first_key_value())?;
    let mut fields = fields
        .iter()
        .filter_map(|field| places.field(object, field));
    fields.next().or_else(|| places.object(object))
}

/// Judges what a check cannot know: that what it is about has never run.
fn judge_as_manifests(finding: &mut Finding, origins: &Origins, before: &Facts) {
    let mut evidence = finding.evidence.iter();
    if finding.is_excused && evidence.any(|it| origins.is_set(it)) {
        finding.severity = Severity::Error;
    }
    // The operator does nothing before the manifests are applied.
    finding.pending = None;
    // Canal, and manifests that contain both, are errors with words of their own.
    if finding.code == HALF_MIGRATED.entry.code
        && finding.severity < Severity::Error
        && origins.is_new(&finding.subject.to_string())
    {
        *finding = second_install(finding.subject.clone(), before);
    }
}

/// A summary of what is not so yet.
fn with_the_manifests(summary: &str) -> String {
    let summary = match summary.strip_prefix("It is") {
        Some(rest) => format!("it is{rest}"),
        None => summary.to_owned(),
    };
    format!("With the manifests, {summary}")
}
