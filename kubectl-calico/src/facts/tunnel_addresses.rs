//! From which pools nodes get the addresses of their tunnels: calico-node assigns one only while a pool with that
//! encapsulation assigns addresses, and releases it otherwise, even if pods still have addresses of the pool.
//!
//! Source: projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go
//! (`determineEnabledPoolCIDRs`) and felix/calc/vxlan_resolver.go (`sendVTEPUpdateOrRemove`);
//! projectcalico/node#1057.

use calico_core::cidr::Family;
use calico_core::pool::{Encapsulation, Uses};

use super::pools::ExistingPool;
use crate::views::node_addresses::{IPIP_TUNNEL, VXLAN_TUNNEL, VXLAN_TUNNEL_V6};

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
        match (self, family) {
            (Self::Ipip, _) => IPIP_TUNNEL,
            (Self::Vxlan, Family::V4) => VXLAN_TUNNEL,
            (Self::Vxlan, Family::V6) => VXLAN_TUNNEL_V6,
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
