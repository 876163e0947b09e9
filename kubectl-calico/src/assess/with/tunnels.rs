//! What calico-node does to the addresses of tunnels when pools change: it releases those of each tunnel for which no pool
//! gives addresses any more. Nodes that get an address for the first time have it soon, which no check waits for.
//!
//! Source: projectcalico/calico v3.24.6 to v3.32.1, node/pkg/allocateip/allocateip.go.

use calico_core::cidr::Family;

use crate::assess::check::Case;
use crate::facts::Facts;
use crate::facts::tunnel_addresses::Tunnel;
use crate::snapshot::{Reading, Snapshot};

/// Releases the addresses. Returns whether there were any.
pub(super) fn release(was: &Case, snapshot: &mut Snapshot, facts: &Facts) -> bool {
    if !facts.runs_with_calico_ipam() || facts.pools.value().is_none() {
        return false;
    }
    let is_given = |facts: &Facts, family: Family, tunnel: Tunnel| {
        let mut pools = facts.known_pools().iter();
        pools.any(|pool| pool.family() == Some(family) && tunnel.is_given_by(pool))
    };
    let all = Family::BOTH
        .into_iter()
        .flat_map(|family| Tunnel::ALL.map(|tunnel| (family, tunnel)));
    let lost: Vec<&str> = all
        .filter(|(family, tunnel)| {
            is_given(was.facts, *family, *tunnel) && !is_given(facts, *family, *tunnel)
        })
        .map(|(family, tunnel)| tunnel.annotation(family))
        .collect();
    let Reading::Read(nodes) = &mut snapshot.nodes else {
        return false;
    };
    for node in nodes {
        for annotation in &lost {
            node.metadata.annotations.remove(annotation);
        }
    }
    !lost.is_empty()
}
