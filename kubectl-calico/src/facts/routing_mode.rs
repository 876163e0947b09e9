//! How the traffic of pods crosses nodes.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde::Serialize;

use super::mtu::Purpose;
use super::pools::ExistingPool;

/// How the traffic of one address family crosses nodes, for all pools of one encapsulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RoutingMode {
    /// IPv4 or IPv6; absent if another plugin provides pod networking, or if there is no pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub family: Option<Family>,
    /// The encapsulation of the pools: IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None; absent if
    /// another plugin provides pod networking, or the cloud without a pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub encapsulation: Option<Encapsulation>,
    /// The mode in words.
    pub summary: String,
    /// The component that programs the routes; absent if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes_by: Option<RoutesBy>,
    /// The interface of the tunnel; absent without encapsulation, and with VPP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<&'static str>,
    /// The bytes that encapsulation adds to each packet.
    pub overhead: u8,
    /// The names of the pools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<String>,
}

/// The component that programs the routes between nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum RoutesBy {
    /// BIRD, over BGP.
    #[serde(rename = "BIRD")]
    Bird,
    /// Felix.
    Felix,
    /// The VPP data plane, which runs its own BGP.
    #[serde(rename = "VPP")]
    Vpp,
    /// The cloud, whose network has routes to the pod CIDRs of nodes.
    Cloud,
}

/// The interface of a tunnel, and the bytes that it adds to each packet.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go.
pub fn tunnel(encapsulation: Encapsulation, family: Family) -> (Option<&'static str>, u8) {
    match (encapsulation, family) {
        (Encapsulation::None, _) => (None, 0),
        (Encapsulation::Ipip | Encapsulation::IpipCrossSubnet, _) => {
            (Some("tunl0"), Purpose::Ipip.bytes())
        }
        (Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet, family) => {
            let interface = match family {
                Family::V4 => "vxlan.calico",
                Family::V6 => "vxlan-v6.calico",
            };
            (Some(interface), Purpose::Vxlan(family).bytes())
        }
    }
}

impl RoutingMode {
    /// The mode of a pool, whose routes are programmed by that component.
    pub fn of(family: Family, pool: &ExistingPool, routes_by: Option<RoutesBy>) -> Self {
        let encapsulation = pool.encapsulation;
        let summary = match encapsulation {
            Encapsulation::Ipip => "IPIP between all nodes",
            Encapsulation::IpipCrossSubnet => {
                "IPIP between subnets, unencapsulated within a subnet"
            }
            Encapsulation::Vxlan => "VXLAN between all nodes",
            Encapsulation::VxlanCrossSubnet => {
                "VXLAN between subnets, unencapsulated within a subnet"
            }
            Encapsulation::None => "unencapsulated",
        };
        let (interface, overhead) = tunnel(encapsulation, family);
        // VPP has tunnels of its own, without an interface of the node.
        let interface = interface.filter(|_| routes_by != Some(RoutesBy::Vpp));
        Self {
            family: Some(family),
            encapsulation: Some(encapsulation),
            summary: summary.to_owned(),
            routes_by,
            interface,
            overhead,
            pools: vec![pool.name.clone()],
        }
    }

    /// The mode of host-local IPAM without pools.
    pub fn by_cloud() -> Self {
        Self {
            routes_by: Some(RoutesBy::Cloud),
            ..Self::other("unencapsulated".to_owned())
        }
    }

    /// The mode of host-local IPAM without pools, where BIRD advertises the pod CIDRs of nodes.
    pub fn by_bird() -> Self {
        Self {
            encapsulation: Some(Encapsulation::None),
            routes_by: Some(RoutesBy::Bird),
            ..Self::other("unencapsulated".to_owned())
        }
    }

    /// The mode of another network plugin.
    pub fn other(summary: String) -> Self {
        Self {
            family: None,
            encapsulation: None,
            summary,
            routes_by: None,
            interface: None,
            overhead: 0,
            pools: Vec::new(),
        }
    }
}
