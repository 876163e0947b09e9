//! Pools for an Installation that lists none.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;
use serde_json::{Value, json};

use crate::assess::check::Case;
use crate::facts::cloud::{Cloud, scheme_of};
use crate::repair::left_pods::LeftPods;
use crate::views::ipam_blocks::block_sizes;

/// The CIDR and the entry of each. The encapsulation is explicit because the operator's default is IPIP, which some
/// clouds drop; the block size if a deleted pool has left blocks there. None in a range with blocks of different sizes.
/// Empty if the pod CIDR is unknown, or on a managed
/// Kubernetes, for which the operator has defaults of its own.
pub(crate) fn new_pools(case: &Case) -> Vec<(Cidr, Value)> {
    let managed = case.facts.cluster.is_managed();
    let Some(network) = case.facts.networks.best().filter(|_| !managed) else {
        return Vec::new();
    };
    let encapsulation = if is_own_network(case) {
        Encapsulation::VxlanCrossSubnet
    } else {
        Encapsulation::Vxlan
    };
    // Operators up to 1.32 take one pool per family.
    Family::BOTH
        .into_iter()
        .filter_map(|family| network.of_family(family).next())
        .filter_map(|cidr| Some((cidr.network(), entry(case, cidr.network(), encapsulation)?)))
        .collect()
}

fn entry(case: &Case, cidr: Cidr, encapsulation: Encapsulation) -> Option<Value> {
    let pods = LeftPods::of(case.snapshot, case.facts, &cidr, encapsulation);
    let encapsulation = pods.map_or(encapsulation, |pods| pods.encapsulation);
    let mut sizes = block_sizes(case.snapshot, &cidr).into_iter();
    match (sizes.next(), sizes.next()) {
        (None, _) => Some(json!({"cidr": cidr, "encapsulation": encapsulation})),
        (Some(size), None) => {
            Some(json!({"cidr": cidr, "blockSize": size, "encapsulation": encapsulation}))
        }
        (Some(_), Some(_)) => None,
    }
}

/// Whether the network between the nodes is known to pass packets with pod addresses, as for the
/// encapsulation that `plan` chooses. Windows supports only VXLAN.
fn is_own_network(case: &Case) -> bool {
    let cluster = &case.facts.cluster;
    let windows = cluster.nodes.value().is_some_and(|nodes| nodes.windows > 0);
    let mut nodes = case.snapshot.nodes.items().iter();
    let is_local = nodes
        .find_map(scheme_of)
        .is_some_and(|scheme| matches!(scheme, "kind" | "docker"));
    !windows && (cluster.cloud.value() == Some(&Cloud::Vsphere) || is_local)
}
