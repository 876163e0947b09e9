//! An existing pool as an entry of the Installation's list.

use calico_core::operator::OperatorVersion;
use serde_json::{Map, Value, json};

use crate::facts::installation::enabled_field;
use crate::facts::pools::ExistingPool;

/// The entry that leaves the pool unchanged. It sets a field where the operator's default differs
/// from the pool.
/// Source: `FromProjectCalico` in tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
pub fn entry(operator: OperatorVersion, pool: &ExistingPool) -> Map<String, Value> {
    let nat_outgoing = if pool.nat_outgoing {
        "Enabled"
    } else {
        "Disabled"
    };
    let mut entry = Map::new();
    let mut add = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    let has_names = operator.since(34);
    if has_names {
        add("name", json!(pool.name));
    }
    add("cidr", json!(pool.cidr));
    add("blockSize", json!(pool.block_size));
    add("encapsulation", json!(pool.encapsulation));
    add("natOutgoing", json!(nat_outgoing));
    add("nodeSelector", json!(pool.node_selector));
    let spec = &pool.spec;
    if has_names && !spec.allowed_uses.is_empty() {
        add("allowedUses", json!(spec.allowed_uses));
    }
    if spec.disable_bgp_export {
        add("disableBGPExport", json!(true));
    }
    // Automatic is the default both of the IPPool CRD and of the operator.
    let mode = spec.assignment_mode.as_deref();
    let mode = mode.filter(|mode| *mode != "Automatic" && operator.since(38));
    if let Some(mode) = mode {
        add("assignmentMode", json!(mode));
    }
    if pool.is_disabled() {
        let (key, value) = enabled_field(operator, false);
        add(key, value);
    }
    entry
}
