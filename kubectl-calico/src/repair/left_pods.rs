//! Pods that still have addresses in the range of a deleted pool. A pool that is created again for them must have
//! their encapsulation: the MTU of their interfaces is made for it, and the nodes' network is known to pass it.

use std::net::IpAddr;

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use crate::facts::Facts;
use crate::facts::dataplane::Dataplane;
use crate::facts::mtu::Purpose;
use crate::facts::tunnel_addresses::{Tunnel, TunnelDevice};
use crate::snapshot::Snapshot;
use crate::views::felix::{Felix, WIREGUARD, WIREGUARD_V6};
use crate::views::ipam_blocks::{Block, blocks};

/// Such pods.
pub struct LeftPods {
    /// The encapsulation of a pool for them.
    pub encapsulation: Encapsulation,
    /// What shows that it is theirs, as a clause.
    pub shown_by: Option<String>,
}

impl LeftPods {
    /// Those with addresses in a range that no pool contains. Without a sign of their encapsulation, it is `otherwise`.
    pub fn of(
        snapshot: &Snapshot,
        facts: &Facts,
        range: &Cidr,
        otherwise: Encapsulation,
    ) -> Option<Self> {
        let mut pools = facts.known_pools().iter().filter_map(|pool| pool.network);
        if pools.any(|pool| pool.overlaps(range)) {
            return None;
        }
        let mut blocks = blocks(snapshot);
        blocks.retain(|block| block.cidr.overlaps(range));
        let mut assigned = blocks.iter().flat_map(Block::assigned);
        if !assigned.any(|address| address.is_of_pod()) {
            return None;
        }
        let found = by_tunnel_addresses(&blocks)
            .or_else(|| by_nodes(snapshot, range))
            .or_else(|| by_backend(facts))
            .or_else(|| by_mtu(snapshot, facts, range.family()));
        Some(match found {
            None => Self {
                encapsulation: otherwise,
                shown_by: None,
            },
            Some((tunnel, shown_by)) => Self {
                encapsulation: tunnel.encapsulation(otherwise),
                shown_by: Some(shown_by),
            },
        })
    }

    /// A remark on a pool for them.
    pub fn remark(&self) -> String {
        let encapsulation = self.encapsulation;
        match &self.shown_by {
            Some(shown_by) => format!(
                "; {encapsulation} is the encapsulation of the pods that still have addresses in this range: {shown_by}"
            ),
            None => format!(
                "; if the deleted pool of this range had an encapsulation other than {encapsulation}, set that one: \
                 the MTU of its pods was set for it"
            ),
        }
    }
}

/// Nodes have an address for the tunnel from the pool itself.
fn by_tunnel_addresses(blocks: &[Block]) -> Option<(Tunnel, String)> {
    let mut assigned = blocks.iter().flat_map(Block::assigned);
    let tunnel = assigned.find_map(|address| {
        let kind = address.attribute?.secondary.kind.as_deref()?;
        TunnelDevice::of_type(kind)?.tunnel()
    })?;
    let shown_by = format!(
        "its blocks have addresses of {} tunnels",
        tunnel.device(Family::V4).name()
    );
    Some((tunnel, shown_by))
}

fn by_nodes(snapshot: &Snapshot, range: &Cidr) -> Option<(Tunnel, String)> {
    let has = |device: TunnelDevice| {
        let mut nodes = snapshot.nodes.items().iter();
        nodes.any(|node| {
            let address = node.metadata.annotation(device.annotation());
            let address: Option<IpAddr> = address.and_then(|text| text.parse().ok());
            address.is_some_and(|address| range.holds(address))
        })
    };
    let mut devices = TunnelDevice::ALL.into_iter();
    devices.find_map(|device| {
        let tunnel = device.tunnel().filter(|_| has(device))?;
        let shown_by = format!("nodes have addresses of it ({})", device.annotation());
        Some((tunnel, shown_by))
    })
}

fn by_backend(facts: &Facts) -> Option<(Tunnel, String)> {
    let without_bird = facts.routing.bgp.runs.value() == Some(&false) && !facts.by_pod_cidr();
    without_bird.then(|| (Tunnel::Vxlan, "BIRD does not run".to_owned()))
}

/// The MTU that the deleted pool left, if it differs from what the pools that exist need: the operator and Calico's
/// manifests derive it from the MTU of the nodes and the largest overhead.
fn by_mtu(snapshot: &Snapshot, facts: &Facts, family: Family) -> Option<(Tunnel, String)> {
    // Of Ethernet, of jumbo frames, of AWS and of Google Cloud.
    const LINKS: [i64; 4] = [1500, 9000, 9001, 1460];
    let felix = Felix::of(snapshot);
    let more = felix.is_on(&WIREGUARD)
        || felix.is_on(&WIREGUARD_V6)
        || facts.dataplane.value() == Some(&Dataplane::Bpf);
    let mtu = facts.routing.mtu.value()?.bytes()?;
    let is_for = |purpose: Purpose| LINKS.contains(&(mtu + i64::from(purpose.bytes())));
    let tunnel = match family {
        _ if more => return None,
        Family::V4 if is_for(Purpose::Vxlan(family)) => Tunnel::Vxlan,
        Family::V4 if is_for(Purpose::Ipip) => Tunnel::Ipip,
        Family::V6 if is_for(Purpose::Vxlan(family)) => Tunnel::Vxlan,
        _ => return None,
    };
    let mut pools = facts.known_pools().iter();
    let is_of_others = pools.any(|pool| match tunnel {
        Tunnel::Ipip => pool.encapsulation.is_ipip(),
        Tunnel::Vxlan => pool.encapsulation.is_vxlan(),
    });
    (!is_of_others).then(|| (tunnel, format!("the MTU of pods is {mtu}")))
}
