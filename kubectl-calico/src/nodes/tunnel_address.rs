//! The addresses of a node's tunnel devices, as calico-node publishes them.

use std::net::IpAddr;

use serde::Serialize;

use crate::facts::Facts;
use crate::facts::datastore::IN_ETCD;
use crate::facts::fact::Fact;
use crate::facts::tunnel_addresses::TunnelDevice;
use crate::snapshot::{Node, ObjectRef, Provenance};

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
    let tunnels: Vec<TunnelAddress> = TunnelDevice::ALL
        .into_iter()
        .filter_map(|device| {
            let address = node.metadata.annotation(device.annotation())?;
            Some(TunnelAddress {
                tunnel: device.name(),
                address: address.parse().ok()?,
            })
        })
        .collect();
    if tunnels.is_empty() {
        return Fact::absent("no tunnel address");
    }
    let object = ObjectRef::of("Node", &node.metadata);
    Fact::known(tunnels, Provenance::new(object, "metadata.annotations"))
}
