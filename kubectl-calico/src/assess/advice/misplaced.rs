//! Existing pools whose range pods must not have: outside the pod network, or over Services or nodes.

use calico_core::cidr::Cidr;
use calico_core::pod_network::{Source, hold};

use crate::assess::check::Case;
use crate::facts::dataplane::Dataplane;
use crate::facts::pools::ExistingPool;
use crate::views::kube_proxy;
use crate::views::node_addresses::NodeAddresses;
use crate::views::occupied::{
    NodeAddress, api_servers, holds_unassigned, internal, used_by_calico,
};

/// Whether the pods of a pool must get addresses of another range.
pub(crate) fn is_misplaced(case: &Case, pool: &ExistingPool) -> bool {
    let Some(cidr) = pool.network else {
        return false;
    };
    let is_used = pool.enabled || pool.has_pods();
    // With host-local IPAM, no pod has an address from it.
    (pool.serves_pods() && !case.facts.by_pod_cidr() && is_outside(case, &cidr))
        || (is_used && overlaps_services(case, &cidr))
        || (pool.has_pods() && holds_servers_or_nodes(case, &cidr))
}

/// Whether pods must not have addresses of a range, whatever the pool of it is like now.
pub(crate) fn is_wrong_for_pods(case: &Case, cidr: &Cidr) -> bool {
    is_outside(case, cidr) || overlaps_services(case, cidr) || holds_servers_or_nodes(case, cidr)
}

/// Whether the range of an existing pool for pods is outside the pod network, and that matters.
fn is_outside(case: &Case, cidr: &Cidr) -> bool {
    let networks = &case.facts.networks;
    let Some(network) = networks.best() else {
        return false;
    };
    let is_outside =
        network.of_family(cidr.family()).next().is_some() && !hold(&network.cidrs, cidr);
    let by_old_operator = case.facts.installation.as_ref();
    let by_old_operator = by_old_operator.is_some_and(|asked| !asked.changes_existing_pools());
    let is_harmless = networks.newer_than_kubeadm(cidr).is_some()
        || (network.rank == Some(Source::Kubeadm) && is_without_kube_proxy(case));
    is_outside && (by_old_operator || !is_harmless)
}

/// Whether eBPF implements Services, which does not depend on the pod CIDR.
pub(crate) fn is_without_kube_proxy(case: &Case) -> bool {
    case.facts.dataplane.value() == Some(&Dataplane::Bpf)
        && !kube_proxy::is_scheduled(case.snapshot)
}

fn overlaps_services(case: &Case, cidr: &Cidr) -> bool {
    let networks = case.facts.networks.services.iter();
    let mut services = networks.flat_map(|network| &network.cidrs);
    services.any(|service| service.overlaps(cidr))
}

fn holds_servers_or_nodes(case: &Case, cidr: &Cidr) -> bool {
    let mut servers = api_servers(case.snapshot).into_iter();
    nodes_inside(case, cidr).next().is_some()
        || servers.any(|(address, _)| holds_unassigned(case.snapshot, cidr, address))
}

/// The nodes with an address in a range, each with the first one. If Calico uses another address of only some nodes, it
/// is a wrong one, which is another finding.
pub(crate) fn nodes_inside<'a>(
    case: &Case<'a>,
    cidr: &Cidr,
) -> impl Iterator<Item = (&'a str, NodeAddress)> {
    let addresses = NodeAddresses::all(case.snapshot);
    let uses_others = addresses.iter().all(NodeAddresses::differs);
    let cidr = *cidr;
    let nodes = case.snapshot.nodes.items().iter();
    nodes.filter_map(move |node| {
        let others = used_by_calico(node).filter(|_| uses_others);
        let mut addresses = internal(node).chain(others);
        let inside = addresses.find(|it| cidr.holds(it.address))?;
        Some((node.metadata.name.as_str(), inside))
    })
}
