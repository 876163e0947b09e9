//! The address of each node that calico-node told other nodes, next to those that the kubelet reports.

use std::net::Ipv4Addr;

use calico_core::cidr::Family;

use crate::snapshot::{Node, Snapshot};

/// The annotation in which calico-node stores the IPv4 address that it uses, with its prefix length.
pub const ANNOTATION: &str = "projectcalico.org/IPv4Address";

/// That of a family.
pub fn annotation(family: Family) -> &'static str {
    match family {
        Family::V4 => ANNOTATION,
        Family::V6 => "projectcalico.org/IPv6Address",
    }
}

/// The addresses of a node.
#[derive(Clone, Debug)]
pub struct NodeAddresses<'a> {
    /// The node.
    pub node: &'a Node,
    /// What Calico uses.
    pub used: Ipv4Addr,
    /// The node's InternalIPs.
    pub internal: Vec<Ipv4Addr>,
}

impl<'a> NodeAddresses<'a> {
    /// The Linux nodes that have both.
    pub fn all(snapshot: &'a Snapshot) -> Vec<Self> {
        let nodes = snapshot.nodes.items().iter();
        nodes
            .filter(|node| node.is_linux())
            .filter_map(Self::of)
            .collect()
    }

    fn of(node: &'a Node) -> Option<Self> {
        let used = node.metadata.annotation(ANNOTATION)?;
        let (used, _) = used.split_once('/').unwrap_or((used, ""));
        let internal: Vec<Ipv4Addr> = node
            .internal_addresses()
            .filter_map(|address| address.parse().ok())
            .collect();
        (!internal.is_empty()).then_some(Self {
            node,
            used: used.parse().ok()?,
            internal,
        })
    }

    /// Whether Calico uses an address that the kubelet does not report.
    pub fn differs(&self) -> bool {
        !self.internal.contains(&self.used)
    }
}

/// What an address usually belongs to, if it is no node's own.
pub fn usual_owner(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [10, 0, 2, 15] => Some("VirtualBox's NAT, which is the same on every machine"),
        [172, 17..=31, _, 1] => Some("a Docker bridge"),
        [192, 168, 122, 1] => Some("libvirt's bridge virbr0"),
        [10, 88, 0, 1] => Some("the bridge of Podman or CRI-O"),
        [169, 254, ..] => Some("a link-local network"),
        _ => None,
    }
}
