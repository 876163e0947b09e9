//! What the nodes need of a pool.

use calico_core::capacity;
use calico_core::cidr::Cidr;
use calico_core::pool::BlockSize;

use super::sizes::{Size, Sizes};
use crate::assess::finding::Finding;
use crate::plan::catalog::POOL_TOO_SMALL;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;

/// What settles a block size for which the pool is too small.
const LARGER: &str = "a larger --cidr";

/// More nodes than any cluster has: past that a table tells nothing.
const MANY: u128 = 1 << 20;

/// What the nodes need of a pool.
pub(crate) struct Demand {
    nodes: Option<u32>,
    pods: u32,
    /// That each node has one address for its tunnel.
    addresses: u64,
}

impl Demand {
    pub(crate) fn of(inputs: &Inputs) -> Self {
        let pods = inputs.pods_per_node.value().copied().unwrap_or_default();
        Self {
            nodes: inputs.nodes.value().copied(),
            pods,
            addresses: u64::from(pods) + 1,
        }
    }

    pub(crate) fn size(&self, cidr: &Cidr, block_size: u8) -> Option<Size> {
        Size::of(cidr, block_size, self.addresses)
    }

    /// The chosen size, and two to each side; no table where any size would do.
    pub(crate) fn around(&self, cidr: &Cidr, chosen: u8) -> Sizes {
        let range = BlockSize::range(cidr.family());
        let near = chosen.saturating_sub(2)..=chosen.saturating_add(2);
        let sizes: Vec<Size> = near
            .filter(|size| range.contains(size))
            .filter_map(|size| self.size(cidr, size))
            .collect();
        let enough = |size: &Size| size.nodes_that_fit > MANY;
        match !sizes.is_empty() && sizes.iter().all(enough) {
            true => Sizes::Any,
            false => Sizes::Table(sizes),
        }
    }

    /// The operator's default where its blocks are enough for all nodes with all their pods, else
    /// the largest blocks of which there are enough, else those of which each node gets one.
    pub(crate) fn choose(&self, cidr: &Cidr) -> Choice<u8> {
        let default = BlockSize::default_for(cidr.family());
        let first = default.max(cidr.prefix());
        let sizes = first..=*BlockSize::range(cidr.family()).end();
        let sizes: Vec<Size> = sizes.filter_map(|size| self.size(cidr, size)).collect();
        let Some(preferred) = sizes.first() else {
            return Choice::open(format!("no block fits into {cidr}"), LARGER);
        };
        let reason = match preferred.block_size == default {
            true => "the operator's default".to_owned(),
            false => format!("the operator's default of /{default} does not fit into {cidr}"),
        };
        let Some(nodes) = self.nodes else {
            return Choice::reasoned(
                preferred.block_size,
                format!("{reason}; for how many nodes, is not known"),
            );
        };
        let enough = u128::from(nodes);
        let default = preferred.block_size;
        if let Some(size) = sizes.iter().find(|size| size.nodes_that_fit >= enough) {
            let fit = preferred.nodes_that_fit;
            return Choice::reasoned(
                size.block_size,
                match size == preferred {
                    true => reason,
                    false => format!(
                        "the largest blocks with which all nodes fit; with /{default} it would be {fit}"
                    ),
                },
            );
        }
        match sizes.iter().find(|size| size.blocks >= enough) {
            Some(size) => Choice::reasoned(
                size.block_size,
                match size == preferred {
                    true => reason,
                    false => "the largest blocks of which each node gets one".to_owned(),
                },
            ),
            None => Choice::open(
                format!("{cidr} has fewer addresses than there are nodes ({nodes})"),
                LARGER,
            ),
        }
    }

    /// Too few blocks, or too few addresses for all the pods.
    pub(crate) fn finding(&self, cidr: &Cidr, size: Size) -> Option<Finding> {
        let nodes = self
            .nodes
            .filter(|nodes| size.nodes_that_fit < u128::from(*nodes))?;
        let pods = self.pods;
        let subject = cidr.to_string();
        let finding = if size.blocks < u128::from(nodes) {
            let block_size = size.block_size;
            Finding::warning(
                &POOL_TOO_SMALL,
                subject,
                format!(
                    "it has {} blocks of /{block_size} for {nodes} nodes",
                    size.blocks
                ),
            )
            .impact(
                "nodes without a block of their own borrow single addresses of others, each with \
                 a route of its own, or get none under strict affinity",
            )
            .fix("choose smaller blocks (--block-size), or a larger pool (--cidr)")
        } else {
            let addresses = capacity::addresses(cidr);
            Finding::note(&POOL_TOO_SMALL,
                subject,
                format!("its {addresses} addresses are not enough for {nodes} nodes with {pods} pods each"),
            )
            .impact(format!("{} nodes can be full; then nodes get no more blocks", size.nodes_that_fit))
            .fix("if that many pods will run, choose a larger pool (--cidr); if not, say so (--pods-per-node)")
        };
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(cidr: &str, nodes: u32, pods: u32) -> Option<u8> {
        let demand = Demand {
            nodes: Some(nodes),
            pods,
            addresses: u64::from(pods) + 1,
        };
        demand.choose(&cidr.parse().unwrap()).value().copied()
    }

    #[test]
    fn the_default_where_it_is_enough_and_else_the_largest_that_is() {
        for (cidr, nodes, pods, size) in [
            ("10.244.0.0/16", 3, 110, Some(26)),
            // 1024 blocks, two a node: 512 nodes.
            ("10.244.0.0/16", 512, 110, Some(26)),
            // 4096 blocks of 16, seven a node: 585 nodes.
            ("10.244.0.0/16", 513, 110, Some(28)),
            // Not even single addresses are enough for all pods, but each node gets a block.
            ("10.244.0.0/16", 1000, 110, Some(26)),
            ("10.244.0.0/16", 1025, 110, Some(27)),
            ("10.244.0.0/24", 4, 62, Some(26)),
            // With its tunnel a node has 65 addresses.
            ("10.244.0.0/24", 4, 64, Some(26)),
            ("10.244.0.0/24", 5, 30, Some(27)),
            ("10.244.0.0/27", 1, 20, Some(27)),
            ("10.244.0.0/27", 40, 1, None),
            ("fd00::/56", 5000, 110, Some(122)),
        ] {
            assert_eq!(chosen(cidr, nodes, pods), size, "{cidr} {nodes} {pods}");
        }
    }
}
