//! The mask of the address that calico-node uses on each node, by which CrossSubnet tells subnets apart.

use calico_core::cidr::Family;

use crate::snapshot::Node;

/// The mask of an address in whose subnet there is no other node.
pub fn host_mask(family: Family) -> &'static str {
    match family {
        Family::V4 => "/32",
        Family::V6 => "/128",
    }
}

/// The annotation in which calico-node stores the address of a family and its mask.
pub fn annotation(family: Family) -> &'static str {
    match family {
        Family::V4 => super::node_addresses::ANNOTATION,
        Family::V6 => "projectcalico.org/IPv6Address",
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
