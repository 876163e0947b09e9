//! From which pools nodes get the addresses of their tunnels: calico-node assigns one only while a pool with that
//! encapsulation assigns addresses, and releases it otherwise, even if pods still have addresses of the pool.
//!
//! Source: projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go
//! (`determineEnabledPoolCIDRs`) and felix/calc/vxlan_resolver.go (`sendVTEPUpdateOrRemove`);
//! projectcalico/node#1057.

use calico_core::pool::{Encapsulation, Uses};

use super::pools::ExistingPool;

/// A tunnel whose address nodes lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostTunnel {
    /// That of IPIP. Pods still reach each other; hosts have no address from which they reach pods elsewhere.
    Ipip,
    /// That of VXLAN. Felix removes the routes through it.
    Vxlan,
}

impl LostTunnel {
    /// That of a pool once it is disabled, if no other pool, and none with the encapsulation that is added, gives nodes
    /// an address for it.
    pub fn of(
        pools: &[ExistingPool],
        pool: &ExistingPool,
        added: Option<Encapsulation>,
    ) -> Option<Self> {
        let kind = Self::kind(pool.encapsulation)?;
        let gives = |other: &ExistingPool| {
            let uses = Uses::of(other.spec.allowed_uses.iter().map(String::as_str));
            other.name != pool.name
                && !other.is_disabled()
                && uses.tunnel
                && other.family() == pool.family()
                && Self::kind(other.encapsulation) == Some(kind)
        };
        let is_added = added.and_then(Self::kind) == Some(kind);
        (!is_added && !pools.iter().any(gives)).then_some(kind)
    }

    fn kind(encapsulation: Encapsulation) -> Option<Self> {
        if encapsulation.is_ipip() {
            Some(Self::Ipip)
        } else if encapsulation.is_vxlan() {
            Some(Self::Vxlan)
        } else {
            None
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
