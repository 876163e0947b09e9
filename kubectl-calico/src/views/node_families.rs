//! The address families of nodes.

use std::net::IpAddr;

use calico_core::cidr::Family;

use super::node_addresses::annotation;
use crate::snapshot::{Node, Snapshot};

/// The Linux nodes that have addresses, as far as they report them, but none of a family; and whether others have one.
pub fn without(snapshot: &Snapshot, family: Family) -> (Vec<&Node>, bool) {
    let nodes = snapshot.nodes.items().iter();
    let reporting = nodes.filter(|node| node.is_linux() && addresses(node).next().is_some());
    let (having, lacking): (Vec<&Node>, Vec<&Node>) = reporting.partition(|node| has(node, family));
    (lacking, !having.is_empty())
}

/// Whether a node reports an address of a family, or calico-node has found one.
fn has(node: &Node, family: Family) -> bool {
    let found = node.metadata.annotation(annotation(family));
    found.is_some_and(|address| !address.is_empty())
        || addresses(node).any(|address| address.is_ipv4() == (family == Family::V4))
}

fn addresses(node: &Node) -> impl Iterator<Item = IpAddr> {
    let addresses = node.status.addresses.iter();
    let addresses = addresses.filter(|it| matches!(it.kind.as_str(), "InternalIP" | "ExternalIP"));
    addresses.filter_map(|it| it.address.parse().ok())
}
