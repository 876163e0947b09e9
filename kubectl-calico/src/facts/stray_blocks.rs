//! Blocks that no pool accounts for.

use calico_core::cidr::Cidr;
use serde::Serialize;

use super::pools::ExistingPool;
use super::utilization::pool_of;
use crate::snapshot::Snapshot;
use crate::views::ipam_blocks::{Block, blocks};

/// A block that is in no pool, or of another size than every pool that it is in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StrayBlock {
    /// Its CIDR.
    #[cfg_attr(test, schemars(with = "String"))]
    pub cidr: Cidr,
    /// The node that it is for; absent for a block without a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The number of its addresses that are in use.
    pub in_use: u128,
    /// The pool whose blocks have another size; absent if the block is in no pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
}

/// The stray blocks of a snapshot, in their order.
pub fn stray_blocks(snapshot: &Snapshot, pools: &[ExistingPool]) -> Vec<StrayBlock> {
    let blocks = blocks(snapshot);
    blocks
        .iter()
        .filter_map(|block| stray(pools, block))
        .collect()
}

fn stray(pools: &[ExistingPool], block: &Block) -> Option<StrayBlock> {
    let size = i64::from(block.cidr.prefix());
    let fits = pools.iter().any(|pool| {
        let network = pool.network.as_ref();
        pool.block_size == size && network.is_some_and(|network| network.contains(&block.cidr))
    });
    if fits {
        return None;
    }
    let pool = pool_of(pools, block).and_then(|index| pools.get(index));
    Some(StrayBlock {
        cidr: block.cidr,
        node: block.node.map(str::to_owned),
        in_use: block.in_use(),
        pool: pool.map(|pool| pool.name.clone()),
    })
}
