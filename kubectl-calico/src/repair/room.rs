//! Whether a range has room for what moves to it from an existing pool.
//!
//! Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go; tigera/operator v1.42.3,
//! pkg/controller/ippool/validation.go (a pool that is smaller than its blocks).

use std::collections::BTreeMap;

use calico_core::capacity::{addresses, free_blocks};
use calico_core::cidr::Cidr;
use calico_core::ranges::Ranges;

use crate::facts::pools::ExistingPool;
use crate::phrases::{grouped, the_pools};
use crate::snapshot::Snapshot;
use crate::views::ipam_blocks::{self, not_reserved};

/// With smaller blocks, a node that is full of pods would need more than the 20 that it may have.
const BITS_OF_SMALLEST: u8 = 3;

/// The addresses that each node has in use of an existing pool. What a node has borrowed counts where the block is.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Of each node that has a block.
    of_nodes: Vec<u128>,
    /// The nodes that will need a block, too.
    waiting: u128,
    /// The addresses that no pod gets, in whatever range.
    reserved: Ranges,
}

impl Load {
    /// The load of several pools.
    pub fn of_all(snapshot: &Snapshot, pools: &[&ExistingPool]) -> Self {
        let mut of_nodes: BTreeMap<&str, u128> = BTreeMap::new();
        let networks = pools.iter().filter_map(|pool| pool.network);
        let networks: Vec<Cidr> = networks.collect();
        for block in ipam_blocks::blocks(snapshot) {
            let is_inside = networks.iter().any(|it| it.contains(&block.cidr));
            if let Some(node) = block.node.filter(|_| is_inside) {
                *of_nodes.entry(node).or_default() += block.in_use();
            }
        }
        let usages = pools.iter().filter_map(|pool| pool.usage.value());
        let waiting = usages.map(|usage| usage.nodes_waiting);
        Self {
            of_nodes: of_nodes.into_values().collect(),
            waiting: waiting.max().unwrap_or_default(),
            reserved: networks.first().map_or_else(Ranges::default, |network| {
                ipam_blocks::reserved(snapshot, network.family())
            }),
        }
    }

    /// The largest block size, up to this one, with which a range has enough blocks; this one if there is none.
    pub fn block_size(&self, to: &Cidr, size: i64) -> i64 {
        let smallest = i64::from(to.family().bits().saturating_sub(BITS_OF_SMALLEST));
        (size..=smallest)
            .find(|size| self.has_blocks(to, *size))
            .unwrap_or(size)
    }

    /// Whether a range has enough blocks of a size, at least one for each node.
    pub fn has_blocks(&self, to: &Cidr, size: i64) -> bool {
        let Ok(size) = u8::try_from(size) else {
            return false;
        };
        let bits = u32::from(to.family().bits().saturating_sub(size));
        let of_block = 1_u128.checked_shl(bits).unwrap_or(u128::MAX);
        let of_node = |used: &u128| used.div_ceil(of_block).max(1);
        let needed: u128 = self.of_nodes.iter().map(of_node).sum();
        let has = free_blocks(to, size, [], &self.reserved);
        has >= needed.saturating_add(self.waiting).max(1)
    }
}

/// Why a range cannot hold the addresses in use of existing pools, as a clause.
pub fn missing_addresses(snapshot: &Snapshot, olds: &[&ExistingPool], to: &Cidr) -> Option<String> {
    let used = in_use(olds);
    let usable = not_reserved(snapshot, to);
    let that = if usable < addresses(to) {
        " that no IPReservation excludes"
    } else {
        ""
    };
    let names = named(olds);
    (used > usable).then(|| {
        format!(
            "{to} has {} addresses{that}, and {} of {names} are in use",
            grouped(usable),
            grouped(used)
        )
    })
}

/// Why a range is too small for existing pools' addresses, or for their nodes with blocks of a size.
pub fn shortage(
    snapshot: &Snapshot,
    load: &Load,
    olds: &[&ExistingPool],
    to: &Cidr,
    size: i64,
) -> Option<String> {
    missing_addresses(snapshot, olds, to).or_else(|| {
        let names = named(olds);
        (!load.has_blocks(to, size))
            .then(|| format!("{to} has too few blocks for the addresses that nodes use in {names}"))
    })
}

/// How many addresses of pools are in use, as far as that is known.
pub fn in_use(pools: &[&ExistingPool]) -> u128 {
    let usages = pools.iter().filter_map(|pool| pool.usage.value());
    usages.map(|usage| usage.in_use).sum()
}

/// The names of pools, in a sentence.
pub fn named(pools: &[&ExistingPool]) -> String {
    let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
    the_pools(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(range: &str, of_nodes: Vec<u128>) -> Option<i64> {
        let (load, range) = (
            Load {
                of_nodes,
                ..Load::default()
            },
            range.parse().unwrap(),
        );
        let size = load.block_size(&range, 26);
        load.has_blocks(&range, size).then_some(size)
    }

    #[test]
    fn each_node_has_blocks_for_what_it_uses() {
        let cases = [
            ("10.244.0.0/16", vec![20; 30], Some(26)),
            ("10.244.0.0/22", vec![20; 30], Some(27)),
            ("10.244.0.0/24", vec![20; 6], Some(27)),
            // One of the nodes needs two blocks.
            ("10.244.0.0/25", vec![20, 20, 40], Some(27)),
            ("10.244.0.0/25", vec![20, 50, 50], None),
            // 4 blocks of 16 for three nodes that need two each.
            ("10.244.0.0/26", vec![20; 3], None),
            ("10.244.0.0/27", vec![8; 3], Some(29)),
            ("10.244.0.0/28", vec![1; 3], None),
        ];
        for (range, nodes, expected) in cases {
            assert_eq!(size(range, nodes.clone()), expected, "{range} {nodes:?}");
        }
    }
}
