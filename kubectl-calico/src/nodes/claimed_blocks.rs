//! The blocks of each node, and how many of their addresses are in use.

use std::collections::BTreeMap;

use calico_core::capacity::addresses;
use calico_core::cidr::Cidr;
use serde::Serialize;

use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::snapshot::{Provenance, Snapshot};
use crate::views::ipam_blocks::blocks;

/// The blocks of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClaimedBlocks {
    /// The blocks.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<Cidr>,
    /// The addresses in use in these blocks, as calicoctl counts them.
    pub in_use: u128,
    /// All addresses of these blocks.
    pub total: u128,
    /// The addresses that the node has from other nodes' blocks.
    pub borrowed: usize,
}

/// The blocks of a snapshot by node.
pub(super) struct BlocksByNode<'a> {
    /// Why nothing is known, or there are no blocks at all.
    none: Option<Fact<ClaimedBlocks>>,
    by_node: BTreeMap<&'a str, ClaimedBlocks>,
}

impl<'a> BlocksByNode<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, facts: &'a Facts) -> Self {
        let none = match &facts.node_blocks {
            Fact::Known { .. } => None,
            Fact::Absent { absent } => Some(Fact::absent(absent)),
            Fact::Unknown { unknown } => Some(Fact::unknown(unknown.clone())),
        };
        let mut by_node: BTreeMap<&str, ClaimedBlocks> = BTreeMap::new();
        for block in blocks(snapshot) {
            if let Some(node) = block.node {
                let claimed = by_node.entry(node).or_default();
                claimed.cidrs.push(block.cidr);
                claimed.in_use += block.in_use();
                claimed.total = claimed.total.saturating_add(addresses(&block.cidr));
            }
        }
        let borrowed = facts.node_blocks.value().map(|it| it.borrowed.as_slice());
        for address in borrowed.unwrap_or_default() {
            by_node.entry(&address.node).or_default().borrowed += 1;
        }
        Self { none, by_node }
    }

    pub(super) fn on(&self, node: &str) -> Fact<ClaimedBlocks> {
        if let Some(none) = &self.none {
            return none.clone();
        }
        match self.by_node.get(node) {
            Some(claimed) => Fact::known(claimed.clone(), Provenance::all("IPAMBlock")),
            None => Fact::absent("the node has no block"),
        }
    }
}
