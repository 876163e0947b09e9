//! From which pools nodes get the addresses of their tunnels: calico-node assigns one only while a pool with that
//! encapsulation assigns addresses, and releases it otherwise, even if pods still have addresses of the pool.
//!
//! Source: projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go
//! (`determineEnabledPoolCIDRs`) and felix/calc/vxlan_resolver.go (`sendVTEPUpdateOrRemove`);
//! projectcalico/node#1057.

use calico_core::cidr::Family;
use calico_core::pool::{Encapsulation, Uses};

use super::pools::ExistingPool;

/// A tunnel device of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TunnelDevice {
    /// That of IPIP.
    Ipip,
    /// That of VXLAN over a family.
    Vxlan(Family),
    /// That of WireGuard over a family.
    WireGuard(Family),
}

impl TunnelDevice {
    /// All devices.
    pub const ALL: [Self; 5] = [
        Self::Ipip,
        Self::Vxlan(Family::V4),
        Self::Vxlan(Family::V6),
        Self::WireGuard(Family::V4),
        Self::WireGuard(Family::V6),
    ];

    /// That with addresses of this `type` in blocks.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/model/block.go.
    pub fn of_type(kind: &str) -> Option<Self> {
        Some(match kind {
            "ipipTunnelAddress" => Self::Ipip,
            "vxlanTunnelAddress" => Self::Vxlan(Family::V4),
            "vxlanV6TunnelAddress" => Self::Vxlan(Family::V6),
            "wireguardTunnelAddress" => Self::WireGuard(Family::V4),
            "wireguardV6TunnelAddress" => Self::WireGuard(Family::V6),
            _ => return None,
        })
    }

    /// The annotation in which calico-node publishes its address.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/node.go.
    pub fn annotation(self) -> &'static str {
        match self {
            Self::Ipip => "projectcalico.org/IPv4IPIPTunnelAddr",
            Self::Vxlan(Family::V4) => "projectcalico.org/IPv4VXLANTunnelAddr",
            Self::Vxlan(Family::V6) => "projectcalico.org/IPv6VXLANTunnelAddr",
            Self::WireGuard(Family::V4) => "projectcalico.org/IPv4WireguardInterfaceAddr",
            Self::WireGuard(Family::V6) => "projectcalico.org/IPv6WireguardInterfaceAddr",
        }
    }

    /// What it encapsulates with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipip => "IPIP",
            Self::Vxlan(_) => "VXLAN",
            Self::WireGuard(_) => "WireGuard",
        }
    }

    /// The kind of tunnel that a pool has; none for WireGuard, which is not of a pool.
    pub fn tunnel(self) -> Option<Tunnel> {
        match self {
            Self::Ipip => Some(Tunnel::Ipip),
            Self::Vxlan(_) => Some(Tunnel::Vxlan),
            Self::WireGuard(_) => None,
        }
    }
}

/// A kind of tunnel, for whose device calico-node assigns an address to each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tunnel {
    /// IPIP. Without an address, pods still reach each other; hosts have none from which they reach pods
    /// elsewhere.
    Ipip,
    /// VXLAN. Without an address, Felix removes the routes through it.
    Vxlan,
}

impl Tunnel {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Ipip, Self::Vxlan];

    /// That of a pool once it is disabled, if no other pool, and none with the encapsulation that is added, gives nodes
    /// an address for it.
    pub fn lost_with(
        pools: &[ExistingPool],
        pool: &ExistingPool,
        added: Option<Encapsulation>,
    ) -> Option<Self> {
        let kind = Self::of(pool.encapsulation)?;
        let gives = |other: &ExistingPool| {
            other.name != pool.name && other.family() == pool.family() && kind.is_given_by(other)
        };
        let is_added = added.and_then(Self::of) == Some(kind);
        (!is_added && !pools.iter().any(gives)).then_some(kind)
    }

    /// Whether nodes get an address for it from a pool.
    pub fn is_given_by(self, pool: &ExistingPool) -> bool {
        let uses = Uses::of(pool.spec.allowed_uses.iter().map(String::as_str));
        !pool.is_disabled() && uses.tunnel && Self::of(pool.encapsulation) == Some(self)
    }

    /// That of an encapsulation.
    pub fn of(encapsulation: Encapsulation) -> Option<Self> {
        if encapsulation.is_ipip() {
            Some(Self::Ipip)
        } else if encapsulation.is_vxlan() {
            Some(Self::Vxlan)
        } else {
            None
        }
    }

    /// The annotation in which calico-node stores the address.
    pub fn annotation(self, family: Family) -> &'static str {
        self.device(family).annotation()
    }

    /// Its device for a family.
    pub fn device(self, family: Family) -> TunnelDevice {
        match self {
            Self::Ipip => TunnelDevice::Ipip,
            Self::Vxlan => TunnelDevice::Vxlan(family),
        }
    }

    /// The encapsulation of a pool with this tunnel: this one if it has it.
    pub fn encapsulation(self, usual: Encapsulation) -> Encapsulation {
        match self {
            _ if Self::of(usual) == Some(self) => usual,
            Self::Ipip => Encapsulation::Ipip,
            Self::Vxlan => Encapsulation::Vxlan,
        }
    }

    /// What no longer works for the pods that still have addresses of the pool.
    pub fn what_breaks(self) -> &'static str {
        match self {
            Self::Ipip => {
                "nodes do not reach these pods on other nodes: webhook calls from the API server fail, and so do NodePorts"
            }
            Self::Vxlan => "other nodes and their pods do not reach these pods",
        }
    }
}
