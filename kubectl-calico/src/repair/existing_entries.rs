//! The existing pools that an Installation must list where there is none yet.

use calico_core::cidr::Family;
use calico_core::operator::OperatorVersion;
use serde_json::{Map, Value};

use super::leftover_pools::Leftovers;
use super::pool_entry::entry;
use crate::facts::Facts;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pools::{ALL_NODES, ExistingPool};

/// The entries of the pools that the operator takes over. It deletes any pool of its own that is not listed, whatever
/// the use of its addresses, and rejects an entry that differs from an existing pool. Pools of others are listed if
/// pods use them. None if the pools must be deleted first.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
pub fn existing_entries(facts: &Facts, operator: OperatorVersion) -> Vec<Map<String, Value>> {
    let pools = facts.known_pools();
    let is_pool_of_pods = |pool: &&ExistingPool| pool.is_for_pods() && pool.network.is_some();
    if !operator.since(34) {
        // Up to 1.32 it takes one pool per family, and changes none.
        let first = |family: Family| {
            let mut pools = pools.iter().filter(is_pool_of_pods);
            pools.find(|pool| pool.family() == Some(family))
        };
        let pools = Family::BOTH.into_iter().filter_map(first);
        return pools.map(|pool| entry(operator, pool)).collect();
    }
    let enabled = match Leftovers::of(facts, operator) {
        Leftovers::Kept => Vec::new(),
        Leftovers::Disabled(pools) => pools,
        Leftovers::InTheWay { .. } => return Vec::new(),
    };
    pools
        .iter()
        .filter(|pool| pool.owned_by_operator || is_pool_of_pods(pool))
        .map(|pool| {
            if enabled.iter().any(|found| found.name == pool.name) {
                entry(operator, &as_enabled(pool))
            } else {
                entry(operator, pool)
            }
        })
        .collect()
}

/// The pool once it is enabled.
fn as_enabled(pool: &ExistingPool) -> ExistingPool {
    let mut pool = pool.clone();
    pool.withheld = None;
    pool.enabled = true;
    pool.spec.disabled = false;
    if pool.node_selector == NO_NODE {
        ALL_NODES.clone_into(&mut pool.node_selector);
    }
    pool
}
