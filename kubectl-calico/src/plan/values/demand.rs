//! The blocks and addresses that the nodes need from a pool.

use calico_core::capacity;
use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::default_block_size;
use calico_core::pool::BlockSize;
use calico_core::ranges::{Ranges, bounds};

use super::sizes::{Size, Sizes};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::grouped;
use crate::plan::catalog::POOL_TOO_SMALL;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::views::ipam_blocks::reserved;
use crate::views::ipam_config::{self, is_strict, most_blocks};

/// The flag that helps if no block size fits.
const LARGER: &str = "a larger --cidr";

/// A number of nodes that no cluster exceeds.
const MANY: u128 = 1 << 20;

/// What the nodes need.
pub(crate) struct Demand {
    nodes: Option<u32>,
    pods: u32,
    /// Per node: one for each pod, and one for its tunnel.
    addresses: u64,
    /// The most blocks that a node may have.
    most_blocks: u32,
    /// Whether a node uses only addresses of its own blocks.
    is_strict: bool,
    /// The addresses that IPReservations exclude.
    reserved: Ranges,
}

impl Demand {
    pub(crate) fn of(inputs: &Inputs, family: Family) -> Self {
        let pods = inputs.pods_per_node.value().copied().unwrap_or_default();
        Self {
            nodes: inputs.nodes.value().copied(),
            pods,
            addresses: u64::from(pods) + 1,
            most_blocks: most_blocks(inputs.snapshot),
            is_strict: is_strict(inputs.snapshot),
            reserved: reserved(inputs.snapshot, family),
        }
    }

    pub(crate) fn size(&self, cidr: &Cidr, block_size: u8) -> Option<Size> {
        let (addresses, most) = (self.addresses, self.most_blocks);
        Size::of(cidr, block_size, addresses, most, &self.reserved)
    }

    /// The chosen size, and up to two larger and two smaller ones.
    pub(crate) fn around(&self, cidr: &Cidr, chosen: u8) -> Sizes {
        let range = BlockSize::range(cidr.family());
        let near = chosen.saturating_sub(2)..=chosen.saturating_add(2);
        let sizes: Vec<Size> = near
            .filter(|size| range.contains(size))
            .filter_map(|size| self.size(cidr, size))
            .collect();
        if !sizes.is_empty() && sizes.iter().all(|size| size.max_nodes > MANY) {
            Sizes::Any
        } else {
            Sizes::Table(sizes)
        }
    }

    /// The operator's default if it yields enough blocks for all nodes with all their pods; else
    /// the largest size that does; else the largest size that yields one block per node.
    pub(crate) fn choose(&self, cidr: &Cidr) -> Choice<u8> {
        let default = default_block_size(cidr.family());
        let first = default.max(cidr.prefix());
        let sizes: Vec<Size> = (first..=*BlockSize::range(cidr.family()).end())
            .filter_map(|size| self.size(cidr, size))
            .collect();
        let Some(preferred) = sizes.first() else {
            return Choice::undetermined(format!("no block fits into {cidr}"), LARGER);
        };
        let reason = if preferred.block_size == default {
            "the operator's default".to_owned()
        } else {
            format!("the operator's default of /{default} does not fit into {cidr}")
        };
        if preferred.blocks == 0 {
            let why = format!("{reason}; no block is left");
            return Choice::reasoned(preferred.block_size, why);
        }
        let Some(nodes) = self.nodes else {
            let why = format!("{reason}; the number of nodes is unknown");
            return Choice::reasoned(preferred.block_size, why);
        };
        let enough = u128::from(nodes);
        if preferred.max_nodes >= enough {
            return Choice::reasoned(preferred.block_size, reason);
        }
        if let Some(size) = sizes.iter().find(|size| size.max_nodes >= enough) {
            let why = format!(
                "the largest block size that is enough for all nodes; /{} is enough for {}",
                preferred.block_size, preferred.max_nodes
            );
            return Choice::reasoned(size.block_size, why);
        }
        if preferred.blocks >= enough {
            return Choice::reasoned(preferred.block_size, reason);
        }
        match sizes.iter().find(|size| size.blocks >= enough) {
            Some(size) => Choice::reasoned(
                size.block_size,
                "the largest block size that yields a block for each node",
            ),
            None => Choice::undetermined(
                format!("{cidr} has fewer addresses than the cluster has nodes ({nodes})"),
                LARGER,
            ),
        }
    }

    /// The finding that the pool has too few blocks, or too few addresses for all pods; or that its blocks are too small,
    /// which is an error if another size `can_be_set`. A pool without any block that is not reserved has a finding of its
    /// own.
    pub(crate) fn finding(
        &self,
        cidr: &Cidr,
        size: Size,
        can_be_set: bool,
        is_new: bool,
    ) -> Option<Finding> {
        if size.blocks == 0 {
            return None;
        }
        let has_blocks = |nodes: u32| size.blocks >= u128::from(nodes);
        if size.exceeds_limit() && self.nodes.is_none_or(has_blocks) {
            return Some(self.too_small_blocks(cidr, size, can_be_set));
        }
        let nodes = self
            .nodes
            .filter(|nodes| size.max_nodes < u128::from(*nodes))?;
        Some(if size.blocks < u128::from(nodes) {
            self.too_few_blocks(cidr, size, nodes, is_new)
        } else {
            self.too_few_addresses(cidr, size, nodes)
        })
    }

    fn too_small_blocks(&self, cidr: &Cidr, size: Size, can_be_set: bool) -> Finding {
        let (pods, most, prefix) = (self.pods, self.most_blocks, size.block_size);
        let severity = if can_be_set {
            Severity::Error
        } else {
            Severity::Warning
        };
        let message = format!(
            "a node with {pods} pods needs {} blocks of /{prefix}, but the limit is {most}",
            size.blocks_per_node
        );
        Finding::new(&POOL_TOO_SMALL, severity, cidr.to_string(), message)
            .impact(
                "further pods on the node stay in ContainerCreating, even if the pool has room (CAL224), and the block \
                 size of a pool is immutable",
            )
            .fix(
                "choose larger blocks (--block-size), in a larger pool (--cidr) if the nodes need one; or set \
                 --pods-per-node if the nodes run fewer pods",
            )
    }

    fn too_few_addresses(&self, cidr: &Cidr, size: Size, nodes: u32) -> Finding {
        let all = bounds(cidr);
        let reserved = self.reserved.between(all).count();
        let addresses = capacity::addresses(cidr).saturating_sub(reserved);
        let pods = self.pods;
        let message = format!(
            "its {} addresses are not enough for {nodes} nodes with {pods} pods each",
            grouped(addresses)
        );
        Finding::note(&POOL_TOO_SMALL, cidr.to_string(), message)
            .impact(format!(
                "only {} nodes can run that many pods before the pool is out of blocks",
                size.max_nodes
            ))
            .fix(
                "choose a larger pool (--cidr) if you expect that many pods; otherwise set a lower \
                 --pods-per-node",
            )
    }

    /// With strict affinity, a new pool must have a block for every node.
    fn too_few_blocks(&self, cidr: &Cidr, size: Size, nodes: u32, is_new: bool) -> Finding {
        let (blocks, block_size) = (grouped(size.blocks), size.block_size);
        let message = format!("it has {blocks} blocks of /{block_size} for {nodes} nodes");
        let severity = if self.is_strict && is_new {
            Severity::Error
        } else {
            Severity::Warning
        };
        let finding = Finding::new(&POOL_TOO_SMALL, severity, cidr.to_string(), message);
        let finding = if self.is_strict {
            finding
                .evidence(ipam_config::object(), "spec.strictAffinity", true)
                .impact("nodes without a block get no addresses, because strict affinity is on")
        } else {
            finding.impact(
                "nodes without a block borrow individual addresses from other nodes' blocks, with a \
                 route for each; with strict affinity, they get none",
            )
        };
        finding.fix("choose smaller blocks (--block-size) or a larger pool (--cidr)")
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
            most_blocks: 20,
            is_strict: false,
            reserved: Ranges::default(),
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
            // Even the smallest blocks are not enough for all pods, but each node gets a block.
            ("10.244.0.0/16", 1000, 110, Some(26)),
            ("10.244.0.0/16", 1025, 110, Some(27)),
            // Blocks of 4 would be 28 a node, and a node may have 20.
            ("10.244.0.0/16", 590, 110, Some(26)),
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
