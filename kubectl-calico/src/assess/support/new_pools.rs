//! The pools of an Installation that lists none yet.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use crate::assess::check::Case;
use crate::assess::facts::cluster::Platform;

/// The CIDR of each, and what carries its traffic: left out, it would be IP in IP, which some
/// clouds drop. None where the pod network is not known, or is that of a managed Kubernetes, which
/// the operator knows about.
pub(crate) fn new_pools(case: &Case) -> Vec<(Cidr, Encapsulation)> {
    let managed = matches!(
        case.facts.cluster.platform.value(),
        Some(Platform::Aks | Platform::Eks | Platform::Gke)
    );
    let Some(network) = case.facts.networks.best().filter(|_| !managed) else {
        return Vec::new();
    };
    // What custom-resources.yaml has; a cloud's network does not carry pods' addresses as they are.
    let encapsulation = match case.facts.cluster.cloud.value() {
        None => Encapsulation::VxlanCrossSubnet,
        Some(_) => Encapsulation::Vxlan,
    };
    // Up to operator 1.32 there is one pool for each family.
    let first = |family| network.of_family(family).next();
    let cidrs = Family::BOTH.into_iter().filter_map(first);
    cidrs.map(|cidr| (cidr.network(), encapsulation)).collect()
}
