//! What blocks of each size would give the nodes.

use calico_core::capacity;
use calico_core::cidr::Cidr;
use serde::Serialize;

/// What blocks of one size would mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// The prefix length.
    pub block_size: u8,
    /// Blocks that the pool can be cut into.
    pub blocks: u128,
    /// Blocks that a node full of pods takes.
    pub blocks_per_node: u64,
    /// Nodes that fit when all are full of pods.
    pub nodes_that_fit: u128,
    /// Addresses of a full node that nothing uses.
    pub idle_per_node: u64,
}

/// What sizes near the chosen one would mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// Of any of them there are blocks enough.
    Any,
    /// Those that fit into the pool; none where its CIDR is not settled.
    Table(Vec<Size>),
}

impl Serialize for Sizes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sizes = match self {
            Self::Any => &[][..],
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
            nodes_that_fit: blocks / u128::from(blocks_per_node),
            idle_per_node: (blocks_per_node * block).saturating_sub(addresses),
        })
    }
}
