//! How much of the pools is in use, computed as calicoctl does.

use std::collections::BTreeSet;

use calico_core::capacity::{self, Block};
use calico_core::cidr::Cidr;
use serde::Serialize;

use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::snapshot::{IpamBlock, Reading};

/// How much of a pool is in use, computed as calicoctl does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PoolUsage {
    /// The addresses that are assigned to pods, tunnels and the like.
    pub in_use: u128,
    /// All addresses.
    pub total: u128,
    /// The blocks that exist.
    pub blocks: u128,
    /// The blocks that the pool can be divided into.
    pub blocks_possible: u128,
    /// The nodes that have a block.
    pub nodes: usize,
}

impl PoolUsage {
    /// The number of further nodes that can get a block of their own.
    pub fn nodes_that_fit(&self) -> u128 {
        self.blocks_possible.saturating_sub(self.blocks)
    }

    /// The share of addresses that is in use, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        // Exact to 53 bits, and shown in whole percents.
        #[allow(clippy::cast_precision_loss, reason = "a share needs no more")]
        let share = self.in_use as f64 / self.total as f64;
        share
    }
}

/// The usage of pools in their order, each given by its CIDR and the prefix length of its blocks.
/// Nothing is known about a pool whose CIDR cannot be parsed.
pub fn usage_of(
    pools: &[(Option<Cidr>, i64)],
    blocks: &Reading<Vec<IpamBlock>>,
) -> Vec<Fact<PoolUsage>> {
    let blocks = match blocks {
        Reading::Read(blocks) => blocks,
        Reading::Absent(_) => &Vec::new(),
        Reading::Unknown(why) => {
            return pools.iter().map(|_| why.clone().into()).collect();
        }
    };
    let counted: Vec<(Block, Option<&str>)> = blocks.iter().filter_map(counted).collect();
    let networks: Vec<Cidr> = pools.iter().filter_map(|(network, _)| *network).collect();
    let (used, _) = capacity::usage(&networks, counted.iter().map(|(block, _)| *block));
    let mut used = used.into_iter();
    pools
        .iter()
        .map(|(network, block_size)| {
            let Some((network, used)) = network.and_then(|network| Some((network, used.next()?)))
            else {
                return Fact::unknown("its CIDR cannot be parsed");
            };
            let block_size = u8::try_from(*block_size).unwrap_or(u8::MAX);
            let nodes: BTreeSet<&str> = counted
                .iter()
                .filter(|(block, _)| !block.deleted && network.contains(&block.cidr))
                .filter_map(|(_, node)| *node)
                .collect();
            let usage = PoolUsage {
                in_use: used.in_use,
                total: used.total,
                blocks: used.blocks,
                blocks_possible: capacity::blocks(&network, block_size),
                nodes: nodes.len(),
            };
            Fact::known(usage, Provenance::all("IPAMBlock"))
        })
        .collect()
}

/// A block as it is counted, and its node. A block whose CIDR cannot be parsed is not counted.
fn counted(block: &IpamBlock) -> Option<(Block, Option<&str>)> {
    let counted = Block {
        cidr: block.spec.cidr.parse().ok()?,
        unallocated: u128::try_from(block.spec.unallocated.len()).unwrap_or(u128::MAX),
        deleted: block.spec.deleted,
    };
    let affinity = block.spec.affinity.as_deref();
    Some((
        counted,
        affinity.and_then(|text| text.strip_prefix("host:")),
    ))
}
