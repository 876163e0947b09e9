//! The Installation's list of pools as planned. The operator deletes any pool that it owns and that
//! the list omits.

use calico_core::cidr::Cidr;
use calico_core::installation;
use calico_core::pool::Field;
use serde_yaml::{Mapping, Value};

use super::inputs::Inputs;
use super::pool::Pool;
use super::stale_entries::current;
use crate::facts::pools;
use crate::repair::existing_entries::existing_entries;
use crate::repair::pool_entry::entry;
use crate::repair::unlisted_pools::unlisted_pools;
use crate::views::objects::default_installation;

/// The list as it is.
pub(super) fn written(inputs: &Inputs) -> Vec<Value> {
    let installation = default_installation(inputs.snapshot);
    let pools = installation.and_then(|found| found.spec.get("calicoNetwork")?.get("ipPools"));
    pools
        .and_then(Value::as_sequence)
        .cloned()
        .unwrap_or_default()
}

/// The list, including the pools that the Installation no longer lists; without an Installation, the pools that the
/// operator takes over, or that Calico's manifests have left to it.
pub(super) fn listed(inputs: &Inputs) -> Vec<Value> {
    if inputs.facts.installation.is_none() && !inputs.pools().is_empty() {
        let entries = existing_entries(inputs.facts, inputs.operator).into_iter();
        return entries
            .filter_map(|entry| serde_yaml::to_value(entry).ok())
            .collect();
    }
    let mut entries = written(inputs);
    restore_changed(inputs, &mut entries);
    let unlisted = unlisted_pools(inputs.facts);
    entries.extend(unlisted.filter_map(|pool| entry_of(inputs, pool)));
    entries
}

/// Gives the entry of an owned pool the pool's name and CIDR again, by which the operator identifies it: with another
/// notation of the CIDR, it deletes the pool; with another name or CIDR, Calico's API rejects its change (CAL208).
fn restore_changed(inputs: &Inputs, entries: &mut [Value]) {
    let Some(installation) = &inputs.facts.installation else {
        return;
    };
    let owned = inputs
        .pools()
        .iter()
        .filter(|pool| pool.owned_by_operator && pool.network.is_some());
    for pool in owned {
        let network = |text: &str| text.parse().ok().map(|cidr: Cidr| cidr.network());
        let of_network = || {
            let own = pool.network.map(|cidr| cidr.network());
            entries
                .iter()
                .position(|entry| cidr_of(entry).and_then(network) == own)
        };
        let index = installation
            .renamed(pool)
            .or_else(|| installation.renumbered(pool))
            .or_else(of_network);
        let entry = index.and_then(|index| entries.get_mut(index)?.as_mapping_mut());
        let Some(entry) = entry.filter(|_| installation.changes_existing_pools()) else {
            continue;
        };
        entry.insert("cidr".into(), pool.cidr.as_str().into());
        if entry.contains_key("name") {
            entry.insert("name".into(), pool.name.as_str().into());
        }
    }
}

/// An existing pool as an entry of the Installation.
fn entry_of(inputs: &Inputs, pool: &pools::ExistingPool) -> Option<Value> {
    let installation = inputs.facts.installation.as_ref()?;
    serde_yaml::to_value(entry(installation.operator, pool)).ok()
}

/// The fields of an existing pool's entry other than cidr, blockSize and encapsulation. If a pool that
/// the operator owns has no entry, those of an entry that leaves the pool unchanged.
pub(super) fn other_settings(
    inputs: &Inputs,
    entries: &[Value],
    pool: &pools::ExistingPool,
) -> Mapping {
    let entry = entries
        .iter()
        .find(|entry| cidr_of(entry) == Some(&pool.cidr))
        .cloned()
        .or_else(|| entry_of(inputs, pool).filter(|_| pool.owned_by_operator));
    let Some(Value::Mapping(mut entry)) = entry else {
        return Mapping::new();
    };
    entry
        .retain(|key, value| !value.is_null() && Field::ALL.iter().all(|field| key != field.key()));
    entry
}

/// A pool that the operator would read, and the planned pool that it is.
pub(super) struct Requested<'a> {
    pub(super) pool: installation::Pool,
    pub(super) planned: Option<&'a Pool>,
}

/// The pools to judge: where none exists, the whole list, because the operator would create it; else
/// those of the plan, because existing pools are the subject of status.
pub(super) fn requested<'a>(inputs: &Inputs, pools: &'a [Pool]) -> Vec<Requested<'a>> {
    if !inputs.pools().is_empty() {
        let requested = pools.iter().map(|pool| Requested {
            pool: as_written(pool),
            planned: Some(pool),
        });
        return requested.collect();
    }
    let entries = planned(inputs, pools).into_iter();
    let requested = entries.filter_map(|entry| {
        let Value::Mapping(entry) = entry else {
            return None;
        };
        let pool = installation::Pool::of(entry);
        let is_same = |planned: &&Pool| planned.cidr.value().map(ToString::to_string) == pool.cidr;
        Some(Requested {
            planned: pools.iter().find(is_same),
            pool,
        })
    });
    requested.collect()
}

/// A planned pool without settings besides the three.
fn as_written(pool: &Pool) -> installation::Pool {
    let mut entry = Value::Mapping(Mapping::new());
    let cidr = pool.cidr.value();
    set(&mut entry, pool);
    let Value::Mapping(mut entry) = entry else {
        return installation::Pool::default();
    };
    entry.extend(cidr.map(|cidr| ("cidr".into(), cidr.to_string().into())));
    installation::Pool::of(entry)
}

/// The list as planned, without existing pools that the operator does not own and the list never had.
pub(super) fn planned(inputs: &Inputs, pools: &[Pool]) -> Vec<Value> {
    let mut entries = current(inputs, listed(inputs));
    for pool in pools {
        let existing = inputs.existing(pool.family);
        let existing = existing.map(|existing| existing.cidr.as_str());
        let listed = inputs.listed(pool.family);
        let cidr = existing.or(listed.and_then(|(_, pool)| pool.cidr.as_deref()));
        let mut of_pool = entries
            .iter_mut()
            .filter(|entry| cidr.is_some() && cidr_of(entry) == cidr);
        if let Some(entry) = of_pool.next() {
            set(entry, pool);
        } else if existing.is_none() || inputs.facts.installation.is_none() {
            let mut entry = Mapping::new();
            entry.extend(existing.map(|cidr| ("cidr".into(), cidr.into())));
            let mut entry = Value::Mapping(entry);
            set(&mut entry, pool);
            entries.push(entry);
        }
    }
    entries
}

/// The `cidr` of an entry, as written.
fn cidr_of(entry: &Value) -> Option<&str> {
    entry.get("cidr")?.as_str()
}

fn set(entry: &mut Value, pool: &Pool) {
    let Some(entry) = entry.as_mapping_mut() else {
        return;
    };
    let cidr = pool.cidr.value().map(|cidr| cidr.to_string().into());
    let block_size = pool.block_size.value().map(|size| (*size).into());
    let encapsulation = pool.encapsulation.value().map(|e| e.to_string().into());
    let fields: [(&str, Option<Value>); 3] = [
        // The CIDR of an existing pool keeps its notation, by which the operator identifies the pool.
        ("cidr", cidr.filter(|_| pool.existing.is_none())),
        ("blockSize", block_size),
        ("encapsulation", encapsulation),
    ];
    for (key, value) in fields {
        if let Some(value) = value {
            entry.insert(key.into(), value);
        }
    }
}
