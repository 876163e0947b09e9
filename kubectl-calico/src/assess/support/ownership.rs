//! Pools that the operator owns and should not, and those that it should and cannot.

use calico_core::defaults::EffectivePool;
use calico_core::pool::Encapsulation;
use serde_json::{Map, Value, json};

use crate::assess::check::Case;
use crate::assess::checks::paste;
use crate::assess::checks::relocate::entry;
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::Pool;
use crate::assess::finding::{Finding, Severity};
use crate::assess::views::objects::overlay_installation;

const INSTALLATION: &str = "Installation/default";

/// A pool that is no longer listed. Under another spelling it is reported with that.
pub(crate) fn unlisted(asked: &InstallationFacts, pool: &Pool) -> Option<Finding> {
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
        severity,
        pool.object(),
        format!("{} is no longer listed in the Installation", pool.cidr),
    )
    .seen(INSTALLATION, "spec.calicoNetwork.ipPools", value)
    .seen(
        pool.object(),
        "label app.kubernetes.io/managed-by",
        "tigera-operator",
    )
    .then(
        "the operator deletes the pool as soon as Calico's API server lets it, and its pods lose \
         their routes and NAT",
    )
    .fix(
        "put the pool back into the Installation; if Helm took it out, put it into the release's \
         values or give the upgrade the same post-renderer",
    )
    .paste(put_back(asked, pool));
    Some(finding)
}

/// The pool as the Installation would list it: what the operator would make of its defaults is said.
/// Source: `FromProjectCalico` in tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
pub(crate) fn listed_again(asked: &InstallationFacts, pool: &Pool) -> Map<String, Value> {
    let mut entry = entry(pool, &pool.cidr, pool.block_size);
    let spec = &pool.spec;
    let mut add = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    add("name", json!(pool.name));
    if !spec.allowed_uses.is_empty() {
        add("allowedUses", json!(spec.allowed_uses));
    }
    if spec.disable_bgp_export {
        add("disableBGPExport", json!(true));
    }
    // Automatic is what the definition of IPPool fills in, and the operator's default.
    let mode = spec.assignment_mode.as_deref();
    let mode = mode.filter(|mode| *mode != "Automatic" && asked.operator.since(38));
    if let Some(mode) = mode {
        add("assignmentMode", json!(mode));
    }
    if !pool.enabled {
        let (key, value) = asked.enabled_field(false);
        add(key, value);
    }
    entry
}

/// Lists the pool again, as it is.
fn put_back(asked: &InstallationFacts, pool: &Pool) -> String {
    let entry = listed_again(asked, pool);
    match asked.effective.pools.is_empty() {
        true => paste::installation_spec(&json!({"calicoNetwork": {"ipPools": [entry]}})),
        false => paste::one_more_in_installation(&entry.into()),
    }
}

/// A pool that is as it is asked for and is not taken over, as the operator's comparison of the two
/// fails: where there is no encapsulation and, in operator 1.38, where there is an assignmentMode,
/// which every pool of its own list has.
pub(crate) fn cannot_be_owned(
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
    let entry = format!("spec.calicoNetwork.ipPools[{index}]");
    let (field, value) = match none {
        true => (
            format!("{entry}.encapsulation"),
            listed.encapsulation.as_deref().unwrap_or_default(),
        ),
        false => (
            format!("{entry}.assignmentMode"),
            "never the same as that of a pool before operator 1.40",
        ),
    };
    let finding = Finding::note(
        pool.object(),
        format!("the operator cannot take over {}", pool.cidr),
    )
    .seen(INSTALLATION, field, value)
    .seen(
        pool.object(),
        "label app.kubernetes.io/managed-by",
        "absent",
    )
    .then("a later change of the Installation does not reach the pool")
    .fix("hand the pool over to the operator")
    .paste(owned(case, pool));
    Some(finding)
}

pub(crate) fn of_overlay(case: &Case) -> Option<Finding> {
    let overlay = overlay_installation(case.snapshot)?;
    let pools = overlay
        .spec
        .get("calicoNetwork")?
        .get("ipPools")?
        .as_sequence()?;
    let finding = Finding::warning(
        "Installation/overlay",
        "the pools of an overlay are never made",
    )
    .seen(
        "Installation/overlay",
        "spec.calicoNetwork.ipPools",
        pools.len(),
    )
    .then("the operator reads the pools of the Installation default only")
    .fix("list the pools in the Installation default");
    (!pools.is_empty()).then_some(finding)
}

/// The label that hands a pool to the operator.
fn owned(case: &Case, pool: &Pool) -> String {
    paste::labelled(
        case,
        &pool.name,
        "app.kubernetes.io/managed-by=tigera-operator",
    )
}
