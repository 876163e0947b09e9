//! Pools that the operator owns although they are no longer listed, and those that it cannot take
//! over although they are.

use calico_core::catalog::Entry;
use calico_core::defaults::EffectivePool;
use calico_core::installation::path;
use calico_core::pool::Encapsulation;

use crate::assess::advice::moves::is_canonical;
use crate::assess::advice::pool_fixes::restore;
use crate::assess::advice::undeletable;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::assess::pending_change::PendingChange;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::repair::command::Command;
use crate::repair::resource_writer::{IP_POOLS, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::views::objects::overlay_installation;

/// An owned pool that is no longer listed. A pool that is listed in another notation is reported as
/// such.
pub(crate) fn unlisted(
    entry: &Entry,
    case: &Case,
    asked: &InstallationFacts,
    pool: &ExistingPool,
) -> Option<Finding> {
    if !asked.has_unlisted(pool) {
        return None;
    }
    let is_empty = pool.usage.value().is_some_and(|usage| usage.in_use == 0);
    let is_replaced = undeletable::is_fixed(case)
        && !is_canonical(pool)
        && undeletable::successor(case, pool).is_some();
    let severity = match (pool.is_disabled() && is_empty, pool.has_pods()) {
        (true, _) => Severity::Note,
        (false, true) if !is_replaced => Severity::Error,
        (false, _) => Severity::Warning,
    };
    let finding = not_listed(entry, severity, asked, pool);
    Some(if is_replaced {
        finding
            .impact(
                "the operator tries to delete the pool, and Calico's API refuses because of its CIDR; the pods keep \
                 their routes and NAT until it is deleted otherwise",
            )
            .fixed_by_all(undeletable::replace(case, pool))
    } else if severity == Severity::Note {
        finding
            .impact(
                "none: the pool is disabled, and none of its addresses is in use; the operator deletes it once \
                 Calico's API server runs, too",
            )
            .fix("none needed; to keep the pool, list it in the Installation again")
    } else {
        finding
            .impact(
                "once the operator and Calico's API server both run, the operator deletes the pool, and its pods \
                 lose their routes and NAT",
            )
            .in_manifest(format!(
                "list {} in spec.calicoNetwork.ipPools of the manifest of the Installation",
                pool.cidr
            ))
            .fixed_by_all(restore(case, pool))
            .pending(PendingChange::Delete(pool.object()))
    })
}

/// That the operator owns a pool, and the Installation does not list it.
fn not_listed(
    entry: &Entry,
    severity: Severity,
    asked: &InstallationFacts,
    pool: &ExistingPool,
) -> Finding {
    let value = match asked.written.pools.iter().flatten().count() {
        0 => "none".to_owned(),
        1 => "1 other".to_owned(),
        count => format!("{count} others"),
    };
    Finding::new(
        entry,
        severity,
        pool.object(),
        format!("the Installation no longer lists {}", pool.cidr),
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
}

/// A pool that matches its entry but is still not taken over, because the operator's comparison of
/// the two fails: for unencapsulated pools and, in operator 1.38, for every pool with an
/// assignmentMode, which every listed pool has.
pub(crate) fn cannot_be_owned(
    entry: &Entry,
    case: &Case,
    asked: &InstallationFacts,
    index: usize,
    listed: &EffectivePool,
    pool: &ExistingPool,
) -> Option<Finding> {
    let none = pool.encapsulation == Encapsulation::None;
    let without_mode = asked.operator.since(38) && !asked.operator.since(40);
    let fails = none || without_mode;
    if pool.owned_by_operator || !fails || !asked.changes_existing_pools() {
        return None;
    }
    let (field, value) = if none {
        (
            path::pool_field(index, "encapsulation"),
            listed.encapsulation.as_deref().unwrap_or_default(),
        )
    } else {
        (
            path::pool_field(index, "assignmentMode"),
            "not compared correctly before operator 1.40",
        )
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
    .impact("later changes to the Installation do not reach the pool")
    .fix("label the pool as owned by the operator")
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
        "the operator ignores the pools of an overlay",
    )
    .evidence(
        ObjectRef::overlay(),
        "spec.calicoNetwork.ipPools",
        pools.len(),
    )
    .impact("only the pools of the default Installation are created")
    .fix("list the pools in the default Installation");
    (!pools.is_empty()).then_some(finding)
}

/// Labels a pool as owned by the operator.
fn owned(case: &Case, pool: &ExistingPool) -> Command {
    let label = "app.kubernetes.io/managed-by=tigera-operator";
    ResourceWriter::of(case.snapshot).label(IP_POOLS, &pool.name, label)
}
