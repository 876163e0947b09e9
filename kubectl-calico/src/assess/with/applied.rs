//! A cluster once manifests have been applied to it, and the operator has acted on them.

use super::dataplane;
use super::family::missing_families;
use super::ipam::ipam_changed;
use super::origins::Origins;
use super::placement::left_nodes;
use super::second_api_server::second_api_server;
use super::second_operator::second_operator;
use super::services::{no_services, readdressed};
use super::settings::{another_mtu, unsuitable_settings};
use super::takeover::Takeover;
use super::tunnels;
use super::upgrade::upgrade;
use super::violations::violations;
use crate::assess::check::Case;
use crate::assess::checks::drift::POOLS_DIFFER;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::cluster_state::ClusterState;
use crate::assess::finding::{Finding, Severity};
use crate::assess::pool_changes::{PoolChange, carry_out, pool_changes};
use crate::assess::report::Report;
use crate::facts::Facts;
use crate::facts::drift::ComparedField;
use crate::snapshot::{Basis, BasisKind, FileOverlay, ObjectRef, Reading, Snapshot, Store};
use crate::views::objects::operator_deployment;

/// Why an operator that does not exist does nothing.
const MISSING: &str = "missing";

/// The cluster with the manifests.
pub(super) struct Applied {
    pub(super) snapshot: Snapshot,
    pub(super) facts: Facts,
    /// What is wrong with the change itself: the rules that it breaks, and Services.
    pub(super) findings: Vec<Finding>,
    /// What the operator does because of it, as clauses without a subject.
    pub(super) operator: Vec<String>,
    /// The codes of findings that do not count: the operator undoes what they are about, or is not there.
    pub(super) moot: Vec<&'static str>,
    pub(super) origins: Origins,
}

impl Applied {
    /// The cluster of the report `before`, with the manifests laid over it.
    pub(super) fn of(
        before: &Report,
        cluster: &Snapshot,
        mut snapshot: Snapshot,
        overlay: FileOverlay,
    ) -> Self {
        let is_first = before.state == ClusterState::NotInstalled;
        if is_first {
            snapshot.basis =
                Basis::known(BasisKind::Proposal, "no part of Calico is in the cluster");
        }
        forget_counts(&mut snapshot, &overlay);
        let mut origins = Origins::of(overlay, &snapshot);
        let mut facts = Facts::of(&snapshot);
        let laid = Case {
            snapshot: &snapshot,
            facts: &facts,
        };
        let mut findings = violations(before, cluster, &laid, &origins);
        // Rejected by the API server, nothing of it takes effect, and nothing by the operator either, until
        // it is corrected.
        let is_rejected = findings.iter().any(|it| it.severity == Severity::Error);
        if is_rejected && snapshot.installations != cluster.installations {
            snapshot.installations.clone_from(&cluster.installations);
            facts = Facts::of(&snapshot);
        }
        let laid = Case {
            snapshot: &snapshot,
            facts: &facts,
        };
        let takeover =
            Takeover::of(&before.facts, cluster, &laid).filter(|_| idle(&snapshot).is_none());
        findings.extend(
            takeover
                .as_ref()
                .and_then(|takeover| takeover.finding(&before.facts, &laid)),
        );
        let mut operator = act(
            before,
            cluster,
            &mut snapshot,
            &facts,
            &mut origins,
            takeover.as_ref(),
        );
        if origins.has_followers() {
            facts = Facts::of(&snapshot);
        }
        let was = Case {
            snapshot: cluster,
            facts: &before.facts,
        };
        if !is_first && tunnels::release(&was, &mut snapshot, &facts) {
            facts = Facts::of(&snapshot);
        }
        if idle(&snapshot).is_none() && takeover.is_none_or(|takeover| takeover.is_complete()) {
            operator.extend(upgrade(&before.facts, &mut facts));
        }
        let is = Case {
            snapshot: &snapshot,
            facts: &facts,
        };
        if !is_first {
            findings.extend(of_installed(&was, &is));
            operator.extend(restarts(&was, &is));
        }
        findings.extend(missing_families(&was, &is));
        findings.extend(left_nodes(&was, &is));
        findings.extend(second_api_server(&was, &is));
        Self {
            moot: moot(&snapshot, &facts),
            snapshot,
            facts,
            findings,
            operator,
            origins,
        }
    }
}

/// What is wrong with a change of a cluster in which Calico is installed.
fn of_installed(was: &Case, is: &Case) -> Vec<Finding> {
    let mut findings: Vec<Finding> = no_services(was, is).into_iter().collect();
    findings.extend(ipam_changed(was, is));
    findings.extend(unsuitable_settings(was, is));
    findings.extend(second_operator(was, is));
    findings
}

/// For which settings the operator restarts calico-node, as clauses.
fn restarts(was: &Case, is: &Case) -> Vec<String> {
    let mut clauses: Vec<String> = readdressed(was, is).into_iter().collect();
    if idle(is.snapshot).is_none() && is.facts.install.is_run_by_operator() {
        clauses.extend(another_mtu(was.snapshot, is.snapshot));
    }
    clauses
}

/// Has the operator act on the manifests, if it runs. Returns what it does because of them.
fn act(
    before: &Report,
    cluster: &Snapshot,
    snapshot: &mut Snapshot,
    facts: &Facts,
    origins: &mut Origins,
    takeover: Option<&Takeover>,
) -> Vec<String> {
    let is_asked = cluster.installations != snapshot.installations;
    if let Some(why) = idle(snapshot).filter(|_| before.state != ClusterState::NotInstalled) {
        let is_asked = is_asked && facts.install.is_left_to_operator();
        let clause = format!("does not act on the manifests: it is {why}");
        return is_asked.then_some(clause).into_iter().collect();
    }
    let starts = idle(cluster).is_some() || enables_changes(cluster, snapshot);
    let pending = if starts {
        Vec::new()
    } else {
        described(&pool_changes(&before.facts))
    };
    let changes = pool_changes(facts);
    let mut actions = described(&changes);
    actions.retain(|action| !pending.contains(action));
    if !is_asked && !starts {
        return actions;
    }
    carry_out(snapshot, &changes);
    for change in &changes {
        match change {
            PoolChange::Create(pool) => origins.create(&pool.object()),
            PoolChange::Update { name, fields } => {
                let keys: Vec<&str> = fields.iter().map(|it| it.field.key()).collect();
                origins.update(&ObjectRef::named("IPPool", name.as_str()), &keys);
            }
            PoolChange::Delete { name } => {
                origins.update(&ObjectRef::named("IPPool", name.as_str()), &[]);
            }
        }
    }
    if takeover.is_some_and(Takeover::is_refused) {
        return actions;
    }
    if takeover.is_some_and(Takeover::is_complete) {
        actions.push("migrates the manifest install to calico-system, node by node".to_owned());
    }
    if facts.install.is_left_to_operator() {
        let was = Case {
            snapshot: cluster,
            facts: &before.facts,
        };
        actions.extend(dataplane::follow(snapshot, &was, facts, origins));
    }
    actions
}

/// Whether the operator can change pools only now, because the manifests create Calico's API server.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go (`apiAvailable`).
fn enables_changes(cluster: &Snapshot, snapshot: &Snapshot) -> bool {
    let had_none =
        cluster.api_servers.unknown().is_none() && cluster.api_servers.items().is_empty();
    had_none && cluster.store != Store::V3 && !snapshot.api_servers.items().is_empty()
}

/// A pool that the operator enables again gives addresses. Without an operator, a list of pools in the Installation
/// has no effect.
fn moot(snapshot: &Snapshot, facts: &Facts) -> Vec<&'static str> {
    let idle = idle(snapshot);
    let servers = snapshot.api_servers.items();
    let can_change = snapshot.store == Store::V3
        || servers
            .iter()
            .any(|found| found.status.state.as_deref() == Some("Ready"));
    let enables = |change: &PoolChange| match change {
        PoolChange::Update { fields, .. } => fields.iter().any(|it| {
            let field = ComparedField::Disabled {
                in_installation: true,
            };
            it.field == field && it.requested == "false"
        }),
        _ => false,
    };
    let is_enabled = idle.is_none() && can_change && pool_changes(facts).iter().any(enables);
    let is_unread = idle == Some(MISSING) && facts.install.is_from_manifests();
    let no_pool = is_enabled.then_some(NO_POOL.entry.code);
    let drift = is_unread.then_some(POOLS_DIFFER.entry.code);
    no_pool.into_iter().chain(drift).collect()
}

/// Why the operator does nothing, if so.
fn idle(snapshot: &Snapshot) -> Option<&'static str> {
    match operator_deployment(snapshot) {
        Some(operator) => {
            let replicas = operator.spec.as_ref().and_then(|spec| spec.replicas);
            (replicas == Some(0)).then_some("scaled to zero")
        }
        None => snapshot.operators.unknown().is_none().then_some(MISSING),
    }
}

/// Forgets on how many nodes kube-proxy runs, if the manifests change on which it should: its node selector
/// then decides.
fn forget_counts(snapshot: &mut Snapshot, overlay: &FileOverlay) {
    let Reading::Read(sets) = &mut snapshot.daemon_sets else {
        return;
    };
    for set in sets {
        let object = ObjectRef::of_object("DaemonSet", &set.metadata).to_string();
        let fields = overlay.fields.get(&object).into_iter().flatten();
        let is_moved = fields
            .into_iter()
            .any(|field| field.contains("nodeSelector"));
        if is_moved && set.metadata.name.as_deref() == Some("kube-proxy") {
            set.status = None;
        }
    }
}

fn described(changes: &[PoolChange]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}
