//! Pools for an Installation that lists none.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use crate::assess::check::Case;
use crate::assess::facts::platform::Platform;

/// The CIDR and the encapsulation of each. The encapsulation is explicit because the operator's
/// default is IPIP, which some clouds drop. Empty if the pod CIDR is unknown, or on a managed
/// Kubernetes, for which the operator has defaults of its own.
pub(crate) fn new_pools(case: &Case) -> Vec<(Cidr, Encapsulation)> {
    let managed = matches!(
        case.facts.cluster.platform.value(),
        Some(Platform::Aks | Platform::Eks | Platform::Gke)
    );
    let Some(network) = case.facts.networks.best().filter(|_| !managed) else {
        return Vec::new();
    };
    // As in custom-resources.yaml, except in clouds, whose networks do not route pod addresses.
    let encapsulation = match case.facts.cluster.cloud.value() {
        None => Encapsulation::VxlanCrossSubnet,
        Some(_) => Encapsulation::Vxlan,
    };
    // Operators up to 1.32 take one pool per family.
    Family::BOTH
        .into_iter()
        .filter_map(|family| network.of_family(family).next())
        .map(|cidr| (cidr.network(), encapsulation))
        .collect()
}
