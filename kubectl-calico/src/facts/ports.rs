//! The ports and protocols that must be open between nodes.

use std::fmt;

use calico_core::pool::Encapsulation;
use serde::Serialize;

use super::bgp;
use crate::snapshot::Snapshot;
use crate::views::felix::{self, Felix};

/// A port or protocol that must be open between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Port {
    /// TCP, UDP or another IP protocol.
    pub protocol: &'static str,
    /// The port; absent for a protocol without ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What uses it.
    pub purpose: &'static str,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{} {port} ({})", self.protocol, self.purpose),
            None => write!(f, "{} ({})", self.protocol, self.purpose),
        }
    }
}

/// Ports, comma-separated.
pub fn list(ports: &[Port]) -> String {
    let ports: Vec<String> = ports.iter().map(Port::to_string).collect();
    ports.join(", ")
}

/// The traffic of Calico that crosses nodes.
pub struct Traffic {
    /// The encapsulations of the pools.
    pub encapsulations: Vec<Encapsulation>,
    /// Whether BIRD runs, which peers with other nodes regardless of the pools' encapsulation, or the BGP daemon of VPP,
    /// which listens on the same port.
    /// Source: projectcalico/vpp-dataplane v3.29.0, calico-vpp-agent/routing/routing_server.go.
    pub bgp: bool,
    /// Whether Felix connects to Typha.
    pub typha: bool,
}

/// The ports of this traffic: those configured in the cluster, or else the defaults.
/// Source: Calico's documentation, system requirements.
pub fn ports(snapshot: &Snapshot, traffic: &Traffic) -> Vec<Port> {
    let felix = Felix::of(snapshot);
    let mut ports = Vec::new();
    let mut open = |protocol, port, purpose| {
        let port = Port {
            protocol,
            port,
            purpose,
        };
        if !ports.contains(&port) {
            ports.push(port);
        }
    };
    for encapsulation in &traffic.encapsulations {
        if encapsulation.is_ipip() {
            open("IP protocol 4", None, "IPIP");
        } else if encapsulation.is_vxlan() {
            let told = felix.get(&felix::VXLAN_PORT);
            open("UDP", Some(told.map_or(4789, |told| told.value)), "VXLAN");
        }
    }
    // Felix sends the traffic of node ports to the node of a pod with VXLAN, whatever the pools have.
    // Source: projectcalico/calico v3.32.1, felix/dataplane/linux/bpf_ep_mgr.go (vxlanPort).
    let is_calico = !traffic.encapsulations.is_empty();
    let has_vxlan = traffic.encapsulations.iter().any(|one| one.is_vxlan());
    if is_calico && !has_vxlan && felix.is_on(&felix::BPF) {
        let told = felix.get(&felix::VXLAN_PORT);
        let port = told.map_or(4789, |told| told.value);
        open("UDP", Some(port), "VXLAN, for node ports with eBPF");
    }
    if traffic.bgp {
        let port = bgp::configuration(snapshot).and_then(|found| found.spec.listen_port);
        open("TCP", Some(port.unwrap_or(179)), "BGP");
    }
    if traffic.typha {
        open("TCP", Some(5473), "Typha");
    }
    if felix.is_on(&felix::WIREGUARD) {
        open("UDP", Some(51820), "WireGuard");
    }
    if felix.is_on(&felix::WIREGUARD_V6) {
        open("UDP", Some(51821), "WireGuard (IPv6)");
    }
    ports
}
