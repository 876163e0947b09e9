//! How packets get from one node to a pod on another.

use calico_core::cidr::Family;

use super::carrier::{Carrier, VXLAN_PORT, WIREGUARD, WIREGUARD_V6};
use super::ends::Ends;
use crate::facts::Facts;
use crate::facts::dataplane::{Dataplane, has_keys, is_encrypted};
use crate::facts::routing_mode::RoutesBy;
use crate::facts::typha;
use crate::snapshot::Snapshot;
use crate::views::felix::{self, Felix};

/// How packets get from one node to a pod on another, and what may drop them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// What carries them; `None` for any, in general instructions.
    pub carrier: Option<Carrier>,
    /// Whether only packets to other subnets are encapsulated, and these are not.
    pub is_within_subnet: bool,
    /// What programs the routes.
    pub routes_by: Option<RoutesBy>,
    /// Whether Felix gets its data from Typha.
    pub typha: bool,
    /// The data plane, if it is known.
    pub dataplane: Option<Dataplane>,
    /// The size of the largest packets between the nodes, if the MTU of pods is set.
    pub packet: Option<i64>,
}

impl Path {
    /// Any path.
    pub fn any() -> Self {
        Self {
            carrier: None,
            is_within_subnet: false,
            routes_by: None,
            typha: true,
            dataplane: None,
            packet: None,
        }
    }

    /// That between two nodes; `None` if Calico does not connect their pods.
    pub fn of(snapshot: &Snapshot, facts: &Facts, ends: &Ends) -> Option<Self> {
        let mut pools = facts.known_pools().iter();
        let pool = pools.find(|pool| {
            let network = pool.network.as_ref();
            network.is_some_and(|network| ends.pod.is_some_and(|pod| network.holds(pod)))
        });
        let mut modes = facts.routing.known_modes().iter().filter(|mode| {
            let of_pool = pool.is_none_or(|pool| mode.encapsulation == Some(pool.encapsulation));
            mode.family == Some(ends.family) && of_pool
        });
        let mode = modes.next()?;
        let encapsulation = mode.encapsulation?;
        let felix = Felix::of(snapshot);
        let port = felix
            .get(&felix::VXLAN_PORT)
            .map_or(VXLAN_PORT, |told| told.value);
        let carrier = Carrier::of(encapsulation, ends.family, port, ends.same_subnet);
        let is_within_subnet =
            carrier == Carrier::Plain && encapsulation != calico_core::pool::Encapsulation::None;
        let is_encrypted = is_encrypted_between(snapshot, &felix, ends);
        let carrier = match ends.family {
            _ if !is_encrypted => carrier,
            Family::V4 => WIREGUARD,
            Family::V6 => WIREGUARD_V6,
        };
        Some(Self {
            carrier: Some(carrier),
            is_within_subnet: is_within_subnet && !is_encrypted,
            routes_by: if is_encrypted {
                Some(RoutesBy::Felix)
            } else {
                mode.routes_by
            },
            typha: typha::is_used(snapshot),
            dataplane: facts.dataplane.value().copied(),
            packet: facts
                .routing
                .mtu
                .value()
                .and_then(|mtu| mtu.bytes())
                .filter(|mtu| (1..=9000).contains(mtu))
                .map(|mtu| mtu + carrier.overhead()),
        })
    }
}

/// Whether both nodes have a key. Felix then routes everything between them to WireGuard.
/// Source: projectcalico/calico v3.32.1, felix/wireguard/wireguard.go.
fn is_encrypted_between(snapshot: &Snapshot, felix: &Felix, ends: &Ends) -> bool {
    let setting = match ends.family {
        Family::V4 => &felix::WIREGUARD,
        Family::V6 => &felix::WIREGUARD_V6,
    };
    felix.is_on(setting)
        && [&ends.from, &ends.to].iter().all(|end| {
            let mut nodes = snapshot.nodes.items().iter();
            nodes.any(|node| {
                node.metadata.name == end.node && is_encrypted(felix, node) && has_keys(felix, node)
            })
        })
}
