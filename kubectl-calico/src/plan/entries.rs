//! The Installation's list of pools as it should be: what is written there, with what is planned
//! in its place. The operator deletes a pool that is left out of it.

use serde_yaml::{Mapping, Value};

use super::Pool;
use super::basis::Basis;
use crate::assess::facts::install::default_installation;

/// What the Installation has, as it stands.
pub(super) fn written(basis: &Basis) -> Vec<Value> {
    let installation = default_installation(basis.snapshot);
    let pools = installation.and_then(|found| found.spec.get("calicoNetwork")?.get("ipPools"));
    pools
        .and_then(Value::as_sequence)
        .cloned()
        .unwrap_or_default()
}

/// What it should have. Live pools that are not in the list are not the operator's, and stay out.
pub(super) fn planned(basis: &Basis, pools: &[Pool]) -> Vec<Value> {
    let mut entries = written(basis);
    let there = !entries.is_empty() || basis.facts.asked.is_some();
    for pool in pools {
        let live = basis.live(pool.family).map(|live| live.cidr.clone());
        let wanted = basis
            .wanted(pool.family)
            .and_then(|(_, pool)| pool.cidr.clone());
        let at = live.as_ref().or(wanted.as_ref());
        let of_pool = |entry: &&mut Value| cidr_of(entry) == at.map(String::as_str);
        match entries.iter_mut().find(of_pool) {
            Some(entry) if at.is_some() => set(entry, pool),
            _ if there && live.is_some() => {}
            _ => {
                let mut entry = Value::Mapping(Mapping::new());
                set(&mut entry, pool);
                entries.push(entry);
            }
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
