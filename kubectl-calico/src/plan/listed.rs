//! What the Installation's list of pools has to say of a live pool for that to stay as it is.

use serde_yaml::{Mapping, Value};

use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;

use super::basis::Basis;
use super::entries::{cidr_of, written};
use crate::assess::facts::pools::Pool;
use crate::snapshot::IpPoolSpec;

/// All of its entry but cidr, blockSize and encapsulation: as the Installation has it or, where
/// that has lost a pool that the operator owns, as the pool is.
pub(super) fn others(basis: &Basis, pool: &Pool) -> Mapping {
    let mut entries = written(basis).into_iter();
    match entries.find(|entry| cidr_of(entry) == Some(&pool.cidr)) {
        Some(entry) => {
            let is_other = |key: &Value| Field::ALL.iter().all(|field| key != field.key());
            let entry = entry.as_mapping().cloned().unwrap_or_default();
            let others = entry.into_iter();
            let others = others.filter(|(key, value)| is_other(key) && !value.is_null());
            others.collect()
        }
        None if pool.owned_by_operator => of_live(pool, basis.operator),
        None => Mapping::new(),
    }
}

/// The other way round than the operator makes pools.
/// Source: `ToProjectCalico` in tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
fn of_live(pool: &Pool, operator: OperatorVersion) -> Mapping {
    let IpPoolSpec {
        nat_outgoing,
        node_selector,
        disabled,
        allowed_uses,
        disable_bgp_export,
        assignment_mode,
        ..
    } = &pool.spec;
    let nat = if *nat_outgoing { "Enabled" } else { "Disabled" };
    let mut others = Mapping::new();
    let mut add = |key: &str, value: Value| others.insert(key.into(), value);
    add("name", pool.name.as_str().into());
    add("natOutgoing", nat.into());
    if let Some(selector) = node_selector.as_deref().filter(|text| !text.is_empty()) {
        add("nodeSelector", selector.into());
    }
    if !allowed_uses.is_empty() {
        let uses = allowed_uses.iter().map(|used| used.as_str().into());
        add("allowedUses", Value::Sequence(uses.collect()));
    }
    if *disable_bgp_export {
        add("disableBGPExport", true.into());
    }
    // Older operators have no such fields.
    if *disabled && operator.since(36) {
        add("disableNewAllocations", true.into());
    }
    if let Some(mode) = assignment_mode.as_deref().filter(|_| operator.since(38)) {
        add("assignmentMode", mode.into());
    }
    others
}
