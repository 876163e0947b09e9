//! The mask of the address that calico-node uses on each node, by which CrossSubnet tells subnets apart.

use calico_core::cidr::{Cidr, Family};

use super::node_addresses::annotation;
use crate::snapshot::Node;

/// The mask of an address in whose subnet there is no other node.
pub fn host_mask(family: Family) -> &'static str {
    match family {
        Family::V4 => "/32",
        Family::V6 => "/128",
    }
}

/// Whether no node shares a subnet with another one, so that CrossSubnet always encapsulates.
pub fn is_each_alone(nodes: &[Node], family: Family) -> bool {
    let is_alone = |node: &Node| {
        let address = node.metadata.annotation(annotation(family));
        address.is_some_and(|address| address.ends_with(host_mask(family)))
    };
    !nodes.is_empty() && nodes.iter().all(is_alone)
}

/// Whether all nodes are in the same subnet.
pub fn share_a_subnet(nodes: &[Node], family: Family) -> bool {
    let mut subnets = nodes.iter().map(|node| {
        let address = node.metadata.annotation(annotation(family))?;
        Some(address.parse::<Cidr>().ok()?.network())
    });
    let first = subnets.next().flatten();
    first.is_some() && subnets.all(|subnet| subnet == first)
}

/// Two nodes of which neither is in the other's subnet, each with its subnet. Nodes without a subnet count only
/// `with_host_masks`.
pub fn apart<'a>(
    nodes: &[&'a Node],
    family: Family,
    with_host_masks: bool,
) -> Option<[(&'a Node, Cidr); 2]> {
    let mut subnets: Vec<(&Node, Cidr)> = Vec::new();
    for node in nodes {
        let address = node.metadata.annotation(annotation(family));
        let address = address.and_then(|address| address.parse::<Cidr>().ok());
        let Some(address) = address.filter(|it| with_host_masks || it.prefix() < family.bits())
        else {
            continue;
        };
        let subnet = address.network();
        if let Some(other) = subnets.iter().find(|(_, other)| !other.overlaps(&subnet)) {
            return Some([*other, (node, subnet)]);
        }
        if !subnets.iter().any(|(_, other)| *other == subnet) {
            subnets.push((node, subnet));
        }
    }
    None
}
