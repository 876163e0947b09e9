//! Which nodes have a block, and what belongs to nodes that do not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use calico_core::cidr::{Cidr, Family};
use serde::Serialize;

use super::tunnel_addresses::TunnelDevice;
use crate::snapshot::{Node, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_blocks::{Assigned, Block, blocks};
use crate::views::pods;

/// The blocks of the nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeBlocks {
    /// The nodes that run calico-node and have no IPv4 block; empty without an IPv4 pool.
    #[serde(rename = "withoutIPv4")]
    pub without_v4: Vec<String>,
    /// The nodes that run calico-node and have no IPv6 block; empty without an IPv6 pool.
    #[serde(rename = "withoutIPv6")]
    pub without_v6: Vec<String>,
    /// The addresses that nodes have borrowed from other nodes' blocks.
    pub borrowed: Vec<BorrowedAddress>,
    /// The nodes that do not exist and own blocks or addresses.
    pub gone: Vec<GoneNode>,
}

/// An address that a node has from another node's block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BorrowedAddress {
    /// The address.
    pub address: IpAddr,
    /// The node that uses it.
    pub node: String,
    /// The node whose block it is from.
    pub from: String,
}

/// What belongs to a node that does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GoneNode {
    /// The name of the node.
    pub name: String,
    /// Its blocks.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub blocks: Vec<Cidr>,
    /// Its addresses, in its own blocks and in others.
    pub addresses: Vec<OwnedAddress>,
}

/// An address, and what has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OwnedAddress {
    /// The address.
    pub address: IpAddr,
    /// What has it.
    pub owner: AddressOwner,
}

/// What has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum AddressOwner {
    /// A pod.
    Pod,
    /// A tunnel device of the node.
    Tunnel,
    /// A virtual machine, which outlives its pod.
    VirtualMachine,
    /// Something else, which kube-controllers never releases.
    Unknown,
}

impl NodeBlocks {
    /// Those of a snapshot; none if its nodes are unknown.
    pub fn of(snapshot: &Snapshot) -> Self {
        let blocks = blocks(snapshot);
        let without = |family| without_block(snapshot, family, &blocks);
        Self {
            without_v4: without(Family::V4),
            without_v6: without(Family::V6),
            borrowed: borrowed(snapshot, &blocks),
            gone: gone(snapshot, &blocks),
        }
    }

    /// The nodes that have no block of a family.
    pub fn waiting(&self, family: Family) -> &[String] {
        match family {
            Family::V4 => &self.without_v4,
            Family::V6 => &self.without_v6,
        }
    }
}

fn without_block(snapshot: &Snapshot, family: Family, blocks: &[Block]) -> Vec<String> {
    let mut pools = snapshot.ip_pools.items().iter();
    let is_of_family = |cidr: &str| cidr.parse().is_ok_and(|cidr: Cidr| cidr.family() == family);
    if !pools.any(|pool| is_of_family(&pool.spec.cidr)) {
        return Vec::new();
    }
    let of_family = blocks.iter().filter(|block| block.cidr.family() == family);
    let have_one: BTreeSet<&str> = of_family.filter_map(|block| block.node).collect();
    let nodes = nodes_of_calico(snapshot);
    let without = nodes.filter(|name| !have_one.contains(name));
    without.map(str::to_owned).collect()
}

/// The names of the Linux nodes that run calico-node, or will. If its DaemonSet excludes nodes, its pods
/// show which.
fn nodes_of_calico(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let nodes = snapshot.nodes.items().iter();
    let nodes: Vec<&Node> = nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .collect();
    let sets = CalicoNode::all(snapshot);
    let desired: u32 = sets.iter().filter_map(CalicoNode::desired).sum();
    let excludes =
        desired > 0 && usize::try_from(desired).is_ok_and(|desired| desired < nodes.len());
    let with_pod: Option<BTreeSet<&str>> = excludes.then(|| {
        sets.iter()
            .flat_map(|node| pods::of(snapshot, &node.set.metadata, node.selector()))
            .map(|pod| pod.spec.node_name.as_str())
            .collect()
    });
    nodes
        .into_iter()
        .map(|node| node.metadata.name.as_str())
        .filter(move |name| with_pod.as_ref().is_none_or(|pods| pods.contains(name)))
}

/// The empty blocks that a node can give to another one: all but the last block of a node.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam_block_reader_writer.go
/// (`findUsableBlock`), which takes any empty block; a node that loses its last one needs another.
pub fn spare_blocks<'a, 'b>(snapshot: &Snapshot, blocks: &'b [Block<'a>]) -> Vec<&'b Block<'a>> {
    let nodes: BTreeSet<&str> = names(snapshot).collect();
    let mut by_node: BTreeMap<(&str, Family), Vec<&Block>> = BTreeMap::new();
    for block in blocks {
        if let Some(node) = block.node {
            let of_node = by_node.entry((node, block.cidr.family())).or_default();
            of_node.push(block);
        }
    }
    by_node
        .into_iter()
        .flat_map(|((node, _), blocks)| {
            let all = blocks.len();
            let empty: Vec<&Block> = blocks
                .into_iter()
                .filter(|block| block.is_empty())
                .collect();
            let kept = usize::from(empty.len() == all && nodes.contains(node));
            empty.into_iter().skip(kept)
        })
        .collect()
}

fn names(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let nodes = snapshot.nodes.items().iter();
    nodes.map(|node| node.metadata.name.as_str())
}

/// The addresses that existing nodes have borrowed.
/// Source: projectcalico/calico v3.32.1, calicoctl/calicoctl/commands/ipam/show.go (`--show-borrowed`).
fn borrowed(snapshot: &Snapshot, blocks: &[Block]) -> Vec<BorrowedAddress> {
    let nodes: BTreeSet<&str> = names(snapshot).collect();
    let of_block = |block: &Block| {
        let from = block.node?.to_owned();
        let addresses = block.assigned().filter_map(move |assigned| {
            let owner = &assigned.attribute?.secondary;
            let node = owner.node.as_deref().filter(|node| **node != from)?;
            Some(BorrowedAddress {
                address: assigned.address,
                node: node.to_owned(),
                from: from.clone(),
            })
        });
        Some(addresses.collect::<Vec<_>>())
    };
    let all = blocks.iter().filter_map(of_block).flatten();
    all.filter(|borrowed| nodes.contains(borrowed.node.as_str()))
        .collect()
}

/// The nodes that are gone and still own something. An address belongs to the node that it was assigned
/// on, whichever node has the block; one without a handle is never released, and not counted.
/// Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam.go
/// (`onBlockUpdated`, `checkAllocations`).
fn gone(snapshot: &Snapshot, blocks: &[Block]) -> Vec<GoneNode> {
    let nodes: BTreeSet<&str> = names(snapshot).collect();
    if nodes.is_empty() {
        return Vec::new();
    }
    let mut gone: BTreeMap<&str, GoneNode> = BTreeMap::new();
    for block in blocks {
        if let Some(name) = block.node.filter(|name| !nodes.contains(name)) {
            gone.entry(name).or_default().blocks.push(block.cidr);
        }
        for assigned in block.assigned() {
            let owner = owner(&assigned);
            if let Some((name, owner)) = owner.filter(|(name, _)| !nodes.contains(name)) {
                let address = assigned.address;
                let addresses = &mut gone.entry(name).or_default().addresses;
                addresses.push(OwnedAddress { address, owner });
            }
        }
    }
    gone.into_iter()
        .map(|(name, node)| GoneNode {
            name: name.to_owned(),
            ..node
        })
        .collect()
}

/// The node of an address, and what has it there.
/// Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam_allocation.go.
fn owner<'a>(assigned: &Assigned<'a>) -> Option<(&'a str, AddressOwner)> {
    let attribute = assigned.attribute?;
    let owner = &attribute.secondary;
    let node = owner.node.as_deref().filter(|node| !node.is_empty())?;
    attribute.handle_id.as_ref()?;
    let kind = owner.kind.as_deref();
    Some((
        node,
        if kind.and_then(TunnelDevice::of_type).is_some() {
            AddressOwner::Tunnel
        } else if owner.virtual_machine.is_some() || attribute.alternate.is_some() {
            AddressOwner::VirtualMachine
        } else if owner.pod.is_some() {
            AddressOwner::Pod
        } else {
            AddressOwner::Unknown
        },
    ))
}
