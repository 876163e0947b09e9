//! The usage of the pools: computed as calicoctl does, and as nodes look for a block.

use std::collections::BTreeSet;

use calico_core::capacity;
use calico_core::cidr::{Cidr, Family};
use calico_core::ranges::{Ranges, bounds};

use super::node_blocks::{NodeBlocks, spare_blocks};
use super::pool_usage::PoolUsage;
use super::pools::ExistingPool;
use crate::facts::fact::Fact;
use crate::snapshot::{Provenance, Reading, Snapshot};
use crate::views::ipam_blocks::{Block, blocks, reserved};
use crate::views::ipam_config::claims_blocks;

/// The index of the pool that a block belongs to: the first by name that it overlaps.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (`GetUtilization`).
pub fn pool_of(pools: &[ExistingPool], block: &Block) -> Option<usize> {
    let overlapping = pools.iter().enumerate().filter(|(_, pool)| {
        let network = pool.network.as_ref();
        network.is_some_and(|network| network.overlaps(&block.cidr))
    });
    let first = overlapping.min_by_key(|(_, pool)| &pool.name);
    first.map(|(index, _)| index)
}

/// Says that nothing takes addresses from blocks of the pools.
pub fn set_unused(pools: &mut [ExistingPool]) {
    for pool in pools {
        pool.usage = Fact::absent("no blocks in use: Calico's IPAM assigns no addresses");
    }
}

/// Sets the usage of pools.
pub fn set_usage(
    pools: &mut [ExistingPool],
    snapshot: &Snapshot,
    nodes: &NodeBlocks,
    reclaims_empty_blocks: bool,
) {
    let usage = match &snapshot.ipam_blocks {
        Reading::Unknown(why) => pools.iter().map(|_| why.clone().into()).collect(),
        Reading::Read(_) | Reading::Absent(_) => usage(pools, snapshot, reclaims_empty_blocks),
    };
    for (pool, usage) in pools.iter_mut().zip(usage) {
        pool.usage = usage;
    }
    for family in Family::BOTH {
        promise(pools, family, nodes.waiting(family).len());
    }
}

fn usage(pools: &[ExistingPool], snapshot: &Snapshot, reclaims: bool) -> Vec<Fact<PoolUsage>> {
    let blocks = blocks(snapshot);
    let owners: Vec<Option<usize>> = blocks.iter().map(|block| pool_of(pools, block)).collect();
    let spare = if reclaims {
        spare_blocks(snapshot, &blocks)
    } else {
        Vec::new()
    };
    let claims = claims_blocks(snapshot);
    pools
        .iter()
        .enumerate()
        .map(|(index, pool)| {
            let Some(network) = pool.network else {
                return Fact::unknown("its CIDR cannot be parsed");
            };
            let own = blocks.iter().zip(&owners);
            let own: Vec<&Block> = own
                .filter(|(_, owner)| **owner == Some(index))
                .map(|(block, _)| block)
                .collect();
            let nodes: BTreeSet<&str> = own.iter().filter_map(|block| block.node).collect();
            let reserved = reserved(snapshot, network.family());
            let block_size = u8::try_from(pool.block_size).unwrap_or(u8::MAX);
            let all = blocks.iter().map(|block| &block.cidr);
            let free = capacity::free_blocks(&network, block_size, all, &reserved);
            let spare = spare.iter().filter(|block| {
                network.contains(&block.cidr)
                    && block.cidr.prefix() == block_size
                    && !block.is_within(&reserved)
            });
            let usage = PoolUsage {
                in_use: own.iter().map(|block| block.in_use()).sum(),
                reserved: reserved_addresses(&network, &blocks, &reserved),
                total: capacity::addresses(&network),
                blocks: count(own.len()),
                blocks_possible: capacity::blocks(&network, block_size),
                blocks_free: if claims {
                    free.saturating_add(count(spare.count()))
                } else {
                    0
                },
                nodes: nodes.len(),
                nodes_waiting: 0,
                nodes_without_block: 0,
                room: None,
            };
            Fact::known(usage, Provenance::all("IPAMBlock"))
        })
        .collect()
}

/// The reserved addresses of a pool that nothing has.
fn reserved_addresses(pool: &Cidr, blocks: &[Block], reserved: &Ranges) -> u128 {
    let inside = reserved.between(bounds(pool));
    let blocks: Vec<&Block> = blocks
        .iter()
        .filter(|block| block.cidr.overlaps(pool))
        .collect();
    let in_blocks = Ranges::union(blocks.iter().map(|block| bounds(&block.cidr)));
    let free: u128 = blocks.iter().map(|block| block.free_in(&inside)).sum();
    let outside_blocks = inside
        .count()
        .saturating_sub(inside.common(&in_blocks).count());
    outside_blocks.saturating_add(free)
}

/// Divides the free blocks among the nodes that wait for one, in the order in which nodes try the pools,
/// and further nodes.
fn promise(pools: &mut [ExistingPool], family: Family, waiting: usize) {
    let mut waiting = count(waiting);
    let mut giving: Vec<&mut ExistingPool> = pools
        .iter_mut()
        .filter(|pool| pool.family() == Some(family) && pool.serves_every_node())
        .collect();
    giving.sort_by(|one, other| one.name.cmp(&other.name));
    for pool in giving {
        if let Fact::Known { value, .. } = &mut pool.usage {
            value.nodes_without_block = waiting;
            value.nodes_waiting = value.blocks_free.min(waiting);
            value.room = Some(value.blocks_free - value.nodes_waiting);
            waiting -= value.nodes_waiting;
        }
    }
}

fn count(number: usize) -> u128 {
    u128::try_from(number).unwrap_or(u128::MAX)
}
