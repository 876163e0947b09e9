//! Pools that the operator owns and should not, and those that it should and cannot.

use calico_core::catalog::Entry;
use calico_core::defaults::EffectivePool;
use calico_core::pool::Encapsulation;

use crate::assess::check::Case;
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::Pool;
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::pool_fixes::restore;
use crate::assess::views::objects::overlay_installation;
use crate::repair::command::Command;
use crate::repair::resource_writer::{IP_POOLS, ResourceWriter};
use crate::snapshot::ObjectRef;

/// A pool that is no longer listed. Under another spelling it is reported with that.
pub(crate) fn unlisted(
    entry: &Entry,
    case: &Case,
    asked: &InstallationFacts,
    pool: &Pool,
) -> Option<Finding> {
    if !asked.has_lost(pool) {
        return None;
    }
    let severity = match pool.has_pods() {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let value = match asked.written.pools.iter().flatten().count() {
        0 => "none".to_owned(),
        count => format!("{count}, not this one"),
    };
    let finding = Finding::new(
        entry,
        severity,
        pool.object(),
        format!("{} is no longer listed in the Installation", pool.cidr),
    )
    .evidence(
        ObjectRef::installation(),
        "spec.calicoNetwork.ipPools",
        value,
    )
    .evidence(
        pool.object(),
        "label app.kubernetes.io/managed-by",
        "tigera-operator",
    )
    .impact(
        "the operator deletes the pool as soon as Calico's API server lets it, and its pods lose \
         their routes and NAT",
    )
    .fixed_by_all(restore(case, pool));
    Some(finding)
}

/// A pool that is as it is asked for and is not taken over, as the operator's comparison of the two
/// fails: where there is no encapsulation and, in operator 1.38, where there is an assignmentMode,
/// which every pool of its own list has.
pub(crate) fn cannot_be_owned(
    entry: &Entry,
    case: &Case,
    asked: &InstallationFacts,
    index: usize,
    listed: &EffectivePool,
    pool: &Pool,
) -> Option<Finding> {
    let none = pool.encapsulation == Encapsulation::None;
    let without_mode = asked.operator.since(38) && !asked.operator.since(40);
    let fails = none || without_mode;
    if pool.owned_by_operator || !fails || !asked.changes_live_pools() {
        return None;
    }
    let listed_pool = format!("spec.calicoNetwork.ipPools[{index}]");
    let (field, value) = match none {
        true => (
            format!("{listed_pool}.encapsulation"),
            listed.encapsulation.as_deref().unwrap_or_default(),
        ),
        false => (
            format!("{listed_pool}.assignmentMode"),
            "not compared correctly before operator 1.40",
        ),
    };
    let finding = Finding::note(
        entry,
        pool.object(),
        format!("the operator cannot take over {}", pool.cidr),
    )
    .evidence(ObjectRef::installation(), field, value)
    .evidence(
        pool.object(),
        "label app.kubernetes.io/managed-by",
        "not set",
    )
    .impact("a later change of the Installation does not reach the pool")
    .fix("hand the pool over to the operator")
    .paste(owned(case, pool));
    Some(finding)
}

pub(crate) fn of_overlay(entry: &Entry, case: &Case) -> Option<Finding> {
    let overlay = overlay_installation(case.snapshot)?;
    let pools = overlay
        .spec
        .get("calicoNetwork")?
        .get("ipPools")?
        .as_sequence()?;
    let finding = Finding::warning(
        entry,
        ObjectRef::overlay(),
        "the pools of an overlay are never made",
    )
    .evidence(
        ObjectRef::overlay(),
        "spec.calicoNetwork.ipPools",
        pools.len(),
    )
    .impact("the operator reads the pools of the Installation default only")
    .fix("list the pools in the Installation default");
    (!pools.is_empty()).then_some(finding)
}

/// The label that hands a pool to the operator.
fn owned(case: &Case, pool: &Pool) -> Command {
    let label = "app.kubernetes.io/managed-by=tigera-operator";
    ResourceWriter::of(case.snapshot).label(IP_POOLS, &pool.name, label)
}
