//! The addresses of a node's tunnel devices, as calico-node publishes them.

use std::net::IpAddr;

use serde::Serialize;

use crate::facts::Facts;
use crate::facts::datastore::IN_ETCD;
use crate::facts::fact::Fact;
use crate::facts::provenance::Provenance;
use crate::snapshot::{Node, ObjectRef};
use crate::views::node_addresses::{IPIP_TUNNEL, VXLAN_TUNNEL, VXLAN_TUNNEL_V6};

/// The annotation of each kind of tunnel.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/node.go.
const ANNOTATIONS: [(&str, &str); 5] = [
    ("IPIP", IPIP_TUNNEL),
    ("VXLAN", VXLAN_TUNNEL),
    ("VXLAN", VXLAN_TUNNEL_V6),
    ("WireGuard", "projectcalico.org/IPv4WireguardInterfaceAddr"),
    ("WireGuard", "projectcalico.org/IPv6WireguardInterfaceAddr"),
];

/// The address of a tunnel device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TunnelAddress {
    /// IPIP, VXLAN or WireGuard.
    pub tunnel: &'static str,
    /// The address.
    pub address: IpAddr,
}

pub(super) fn tunnel_addresses(node: &Node, facts: &Facts) -> Fact<Vec<TunnelAddress>> {
    if facts.install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    }
    let tunnels: Vec<TunnelAddress> = ANNOTATIONS
        .into_iter()
        .filter_map(|(tunnel, key)| {
            let address = node.metadata.annotation(key)?.parse().ok()?;
            Some(TunnelAddress { tunnel, address })
        })
        .collect();
    if tunnels.is_empty() {
        return Fact::absent("no tunnel address");
    }
    let object = ObjectRef::of("Node", &node.metadata);
    Fact::known(tunnels, Provenance::new(object, "metadata.annotations"))
}
