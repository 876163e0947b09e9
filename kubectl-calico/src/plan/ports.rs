//! What has to be open between nodes for what is planned.
//! Source: Calico's documentation (3.32), system requirements.

use super::Pool;
use crate::assess::facts::routing::Port;

/// The ports of a new install by the operator, which always runs Typha.
pub(super) fn ports(pools: &[Pool]) -> Vec<Port> {
    let mut ports = Vec::new();
    let mut open = |needed: bool, protocol, port, purpose| {
        if needed {
            ports.push(Port {
                protocol,
                port,
                purpose,
            });
        }
    };
    let encapsulations = || pools.iter().filter_map(|pool| pool.encapsulation.value());
    open(
        encapsulations().any(|e| e.is_vxlan()),
        "UDP",
        Some(4789),
        "VXLAN",
    );
    open(
        encapsulations().any(|e| e.is_ipip()),
        "IP protocol 4",
        None,
        "IP in IP",
    );
    open(
        encapsulations().any(|e| !e.is_vxlan()),
        "TCP",
        Some(179),
        "BGP",
    );
    open(true, "TCP", Some(5473), "Typha");
    ports
}
