//! Whether pods get addresses of each family that the cluster is configured with.

use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::networks::list;
use crate::facts::pools::ExistingPool;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};

pub(crate) const FAMILY_WITHOUT_POOL: Check = Check {
    entry: Entry {
        code: "CAL232",
        title: "the cluster is dual-stack, but pods get addresses of one family only",
        meaning: "Kubernetes has a pod CIDR and a Service CIDR of both families, and the nodes have addresses of both. The \
                  pools are of one family.",
        impact: "Pods get no address of the other family, and Services of that family have no endpoints. Nothing else \
                 reports it.",
        criteria: "The pod CIDR and the Service CIDR have parts of both families, every Linux node has InternalIPs of both, \
                   Calico's IPAM assigns addresses, and there is no pool of the family, not even a disabled one. The finding \
                   is a note.",
        fix: "Add a pool inside the pod CIDR of the family, and recreate the pods that need such an address.",
        source: "Calico documentation, Configure dual stack or IPv6 only",
    },
    needs: &[&IP_POOLS, &NODES],
    excuses: &[&DAEMON_SETS, &INSTALLATIONS],
    judges: Judges::Following,
    find: |case| {
        let families = Family::BOTH.into_iter();
        families
            .filter_map(|family| finding(case, family))
            .collect()
    },
};

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let pools = case.facts.known_pools();
    let is_of_family = |pool: &ExistingPool| pool.family() == Some(family);
    let other = pools.iter().find(|pool| pool.serves_every_node())?;
    let network = case.facts.networks.best()?;
    let cidrs: Vec<_> = network.of_family(family).copied().collect();
    let mut services = case.facts.networks.services.iter();
    let has_services = services.any(|network| network.of_family(family).next().is_some());
    let mut nodes = case.snapshot.nodes.items().iter();
    let is_dual = nodes.all(|node| !node.is_linux() || has_address(node, family));
    let lacks = has_services
        && is_dual
        && case.facts.runs_with_calico_ipam()
        && !pools.iter().any(is_of_family);
    let cidr = cidrs.first().filter(|_| lacks)?;
    Some(
        Finding::note(
            &FAMILY_WITHOUT_POOL.entry,
            ObjectRef::all("IPPool"),
            format!("no pool gives pods {family} addresses, although the cluster has an {family} pod CIDR"),
        )
        .read(&network.from, list(&cidrs))
        .evidence(other.object(), "spec.cidr", &other.cidr)
        .impact(format!(
            "pods have no {family} address, and Services of that family no endpoints"
        ))
        .fix(format!(
            "none needed if no pod is to have an {family} address; otherwise add a pool (see the plan), and recreate the pods"
        ))
        .paste(format!("kubectl calico plan --cidr {cidr}")),
    )
}

fn has_address(node: &Node, family: Family) -> bool {
    let mut addresses = node.internal_addresses();
    addresses.any(|address| {
        let address = address.parse::<IpAddr>();
        address.is_ok_and(|it| it.is_ipv4() == (family == Family::V4))
    })
}
