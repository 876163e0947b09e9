//! Entries of the Installation that describe no existing pool although their family has one: the pool was replaced
//! without the Installation.

use calico_core::cidr::{Cidr, Family};
use serde_yaml::Value;

use super::inputs::Inputs;
use crate::facts::pools::ExistingPool;
use crate::repair::free_range::can_be_for_pods;
use crate::repair::pool_entry::entry;

/// The list with the existing pools of such a family, and without entries whose pools must not be created beside them.
pub(super) fn current(inputs: &Inputs, mut entries: Vec<Value>) -> Vec<Value> {
    let Some(installation) = &inputs.facts.installation else {
        return entries;
    };
    let mut families: Vec<Family> = Vec::new();
    entries.retain(|entry| {
        let Some(cidr) = network(entry) else {
            return true;
        };
        let of_family = |pool: &&ExistingPool| pool.family() == Some(cidr.family());
        let has_pool = inputs.existing_pools().any(|pool| of_family(&pool));
        if !has_pool || is_pool(inputs.pools(), &cidr) {
            return true;
        }
        families.push(cidr.family());
        let mut existing = inputs.pools().iter().filter_map(|pool| pool.network);
        can_be_for_pods(inputs.snapshot, inputs.facts, &cidr)
            && !existing.any(|existing| existing.overlaps(&cidr))
    });
    let of_family = |pool: &&ExistingPool| pool.family().is_some_and(|it| families.contains(&it));
    for pool in inputs.existing_pools().filter(of_family) {
        let mut listed = entries.iter().filter_map(network);
        if !listed.any(|listed| is_pool(std::slice::from_ref(pool), &listed)) {
            entries.extend(serde_yaml::to_value(entry(installation.operator, pool)).ok());
        }
    }
    entries
}

fn is_pool(pools: &[ExistingPool], cidr: &Cidr) -> bool {
    let mut networks = pools.iter().filter_map(|pool| pool.network);
    networks.any(|network| network.network() == cidr.network())
}

fn network(entry: &Value) -> Option<Cidr> {
    entry.get("cidr")?.as_str()?.parse().ok()
}
