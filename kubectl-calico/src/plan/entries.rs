//! The Installation's list of pools as it should be: what is written there, with what is planned
//! in its place. The operator deletes a pool that is left out of it.

use serde_yaml::{Mapping, Value};

use super::inputs::Inputs;
use super::pool::Pool;
use super::unlisted_pools;
use crate::assess::views::objects::default_installation;

/// What the Installation has, as it stands.
fn written(inputs: &Inputs) -> Vec<Value> {
    let installation = default_installation(inputs.snapshot);
    let pools = installation.and_then(|found| found.spec.get("calicoNetwork")?.get("ipPools"));
    pools
        .and_then(Value::as_sequence)
        .cloned()
        .unwrap_or_default()
}

/// The same with what it has lost.
pub(super) fn listed(inputs: &Inputs) -> Vec<Value> {
    let mut entries = written(inputs);
    entries.extend(unlisted_pools::entries(inputs));
    entries
}

/// What it should have. Live pools that it never had are somebody else's, and stay out.
pub(super) fn planned(inputs: &Inputs, pools: &[Pool]) -> Vec<Value> {
    let mut entries = listed(inputs);
    for pool in pools {
        let live = inputs.live(pool.family).map(|live| live.cidr.as_str());
        let wanted = inputs.wanted(pool.family);
        let at = live.or(wanted.and_then(|(_, pool)| pool.cidr.as_deref()));
        let of_pool = |entry: &&mut Value| at.is_some() && cidr_of(entry) == at;
        if let Some(entry) = entries.iter_mut().find(of_pool) {
            set(entry, pool);
        } else if live.is_none() || inputs.facts.installation.is_none() {
            let mut entry = Mapping::new();
            entry.extend(live.map(|cidr| ("cidr".into(), cidr.into())));
            let mut entry = Value::Mapping(entry);
            set(&mut entry, pool);
            entries.push(entry);
        }
    }
    entries
}

/// The `cidr` of an entry, as written.
pub(super) fn cidr_of(entry: &Value) -> Option<&str> {
    entry.get("cidr")?.as_str()
}

fn set(entry: &mut Value, pool: &Pool) {
    let Some(entry) = entry.as_mapping_mut() else {
        return;
    };
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            entry.insert(key.into(), value);
        }
    };
    // A CIDR that only differs in its spelling stays as it is: the operator knows pools by it.
    put(
        "cidr",
        pool.cidr
            .value()
            .filter(|_| pool.live.is_none())
            .map(|cidr| cidr.to_string().into()),
    );
    put(
        "blockSize",
        pool.block_size.value().map(|size| (*size).into()),
    );
    put(
        "encapsulation",
        pool.encapsulation.value().map(|e| e.to_string().into()),
    );
}
