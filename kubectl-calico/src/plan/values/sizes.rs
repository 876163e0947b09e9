//! What each block size means for the nodes.

use calico_core::capacity;
use calico_core::cidr::Cidr;
use calico_core::ranges::Ranges;
use serde::Serialize;

/// What one block size means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// The prefix length.
    pub block_size: u8,
    /// The number of blocks in the pool, without those that are reserved as a whole.
    pub blocks: u128,
    /// The number of blocks that a node full of pods needs.
    pub blocks_per_node: u64,
    /// The number of nodes that have enough blocks when all of them are full of pods; 0 if a node may not have that
    /// many blocks.
    pub max_nodes: u128,
    /// The number of unused addresses in the blocks of a full node.
    pub unused_per_node: u64,
    /// The most blocks that a node may have.
    #[serde(skip)]
    pub most_per_node: u32,
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
    /// For nodes with that many addresses each, in `most_per_node` blocks at most.
    pub(crate) fn of(
        pool: &Cidr,
        block_size: u8,
        addresses: u64,
        most_per_node: u32,
        reserved: &Ranges,
    ) -> Option<Self> {
        let fits = capacity::blocks(pool, block_size) > 0;
        let blocks = capacity::free_blocks(pool, block_size, [], reserved);
        let bits = pool.family().bits().checked_sub(block_size)?;
        let block = 1_u64.checked_shl(bits.into()).filter(|_| fits)?;
        let blocks_per_node = addresses.div_ceil(block);
        let fits = blocks_per_node <= u64::from(most_per_node);
        Some(Self {
            block_size,
            blocks,
            blocks_per_node,
            max_nodes: if fits {
                blocks / u128::from(blocks_per_node)
            } else {
                0
            },
            most_per_node,
            unused_per_node: (blocks_per_node * block).saturating_sub(addresses),
        })
    }

    /// Whether a node full of pods needs more blocks than it may have.
    pub(crate) fn exceeds_limit(&self) -> bool {
        self.blocks_per_node > self.most_per_node.into()
    }
}
