//! What each block size means for the nodes.

use calico_core::capacity;
use calico_core::cidr::Cidr;
use serde::Serialize;

/// What one block size means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// The prefix length.
    pub block_size: u8,
    /// The number of blocks in the pool.
    pub blocks: u128,
    /// The number of blocks that a node full of pods needs.
    pub blocks_per_node: u64,
    /// The number of nodes that have enough blocks when all of them are full of pods.
    pub max_nodes: u128,
    /// The number of unused addresses in the blocks of a full node.
    pub unused_per_node: u64,
}

/// What block sizes near the chosen one mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// Each yields more blocks than any cluster needs.
    Any,
    /// None is of any consequence: nothing takes addresses from blocks.
    Unused,
    /// The sizes that fit into the pool; empty if its CIDR could not be determined.
    Table(Vec<Size>),
}

impl Serialize for Sizes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sizes = match self {
            Self::Any | Self::Unused => &[][..],
            Self::Table(sizes) => sizes,
        };
        sizes.serialize(serializer)
    }
}

impl Size {
    pub(crate) fn of(pool: &Cidr, block_size: u8, addresses: u64) -> Option<Self> {
        let blocks = capacity::blocks(pool, block_size);
        let bits = pool.family().bits().checked_sub(block_size)?;
        let block = 1_u64.checked_shl(bits.into()).filter(|_| blocks > 0)?;
        let blocks_per_node = addresses.div_ceil(block);
        Some(Self {
            block_size,
            blocks,
            blocks_per_node,
            max_nodes: blocks / u128::from(blocks_per_node),
            unused_per_node: (blocks_per_node * block).saturating_sub(addresses),
        })
    }
}
