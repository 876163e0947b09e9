//! Ranges that nothing in the cluster uses.

use calico_core::capacity::addresses;
use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::hold;

use crate::facts::Facts;
use crate::snapshot::Snapshot;
use crate::views::ipam_blocks::{block_sizes, not_reserved};
use crate::views::occupied::occupied;

/// Whether a CIDR overlaps neither the Services nor the nodes and what they need to reach, as far as these are known.
pub fn is_clear_of_services_and_nodes(snapshot: &Snapshot, facts: &Facts, cidr: &Cidr) -> bool {
    let networks = facts.networks.services.iter();
    let mut services = networks.flat_map(|network| &network.cidrs);
    !services.any(|service| service.overlaps(cidr))
        && !occupied(snapshot).iter().any(|other| other.overlaps(cidr))
}

/// Whether pods can have addresses from a CIDR: it is clear of Services and nodes, and inside the pod network, as far
/// as these are known.
pub fn can_be_for_pods(snapshot: &Snapshot, facts: &Facts, cidr: &Cidr) -> bool {
    let network = facts.networks.best();
    let network = network.filter(|network| network.of_family(cidr.family()).next().is_some());
    is_clear_of_services_and_nodes(snapshot, facts, cidr)
        && network.is_none_or(|network| hold(&network.cidrs, cidr))
}

/// A CIDR of the pod network that neither these pools nor anything else uses. Blocks of a deleted pool may be in it,
/// if they have one size. Only whole CIDRs that
/// Kubernetes was configured with are considered: it is not known which of the nodes' podCIDRs are
/// free.
pub fn in_pod_network(
    snapshot: &Snapshot,
    facts: &Facts,
    family: Family,
    pools: &[Cidr],
) -> Option<Cidr> {
    let network = facts.networks.best()?;
    network.of_family(family).map(Cidr::network).find(|cidr| {
        block_sizes(snapshot, cidr).len() <= 1
            && is_free(snapshot, facts, cidr, pools)
            && not_reserved(snapshot, cidr) > 0
    })
}

/// Parts of the pod network, of one size and at least a sixteenth of it, that are as free: for that many pools.
pub fn parts_of_pod_network(
    snapshot: &Snapshot,
    facts: &Facts,
    family: Family,
    pools: &[Cidr],
    count: usize,
) -> Option<Vec<Cidr>> {
    let network = facts.networks.best()?;
    (0..=4).find_map(|bits| {
        network.of_family(family).find_map(|cidr| {
            let parts = cidr.parts(cidr.prefix().saturating_add(bits));
            let free = parts.filter(|part| {
                block_sizes(snapshot, part).len() <= 1
                    && is_free(snapshot, facts, part, pools)
                    && has_no_reserved(snapshot, part)
            });
            let free: Vec<Cidr> = free.take(count).collect();
            (free.len() == count).then_some(free)
        })
    })
}

/// A range as for [`in_pod_network`], for a pool that exists only while pods are moved, without any
/// blocks or IPReservations. Outside the pod network, one of the
/// ranges that calico-node tries if it is not given any.
/// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go, and
/// libcalico-go/lib/ipam (`GetDefaultIPv4Pool`).
pub fn temporary(
    snapshot: &Snapshot,
    facts: &Facts,
    family: Family,
    pools: &[Cidr],
) -> Option<Cidr> {
    let is_untouched =
        |cidr: &Cidr| block_sizes(snapshot, cidr).is_empty() && has_no_reserved(snapshot, cidr);
    let inside = in_pod_network(snapshot, facts, family, pools).filter(is_untouched);
    inside.or_else(|| {
        std::iter::once("192.168.0.0/16".to_owned())
            .chain((16..32).map(|second| format!("172.{second}.0.0/16")))
            .filter_map(|text| text.parse::<Cidr>().ok())
            .filter(|cidr| cidr.family() == family && is_untouched(cidr))
            .find(|cidr| is_free(snapshot, facts, cidr, pools))
    })
}

/// Whether no IPReservation excludes any of its addresses.
fn has_no_reserved(snapshot: &Snapshot, cidr: &Cidr) -> bool {
    not_reserved(snapshot, cidr) == addresses(cidr)
}

fn is_free(snapshot: &Snapshot, facts: &Facts, cidr: &Cidr, pools: &[Cidr]) -> bool {
    is_clear_of_services_and_nodes(snapshot, facts, cidr)
        && !pools.iter().any(|pool| pool.overlaps(cidr))
}
