//! What a pool has to be apart from: the services, and the nodes themselves. Whether a plan is, is
//! judged with status' checks; here it is what a choice goes by, and what its reason says.

use calico_core::cidr::Cidr;

use super::basis::Basis;

/// Whether a CIDR overlaps neither the services nor the nodes, as far as they are known.
pub(super) fn is_apart(basis: &Basis, cidr: &Cidr) -> bool {
    let networks = basis.facts.networks.services.iter();
    let mut services = networks.flat_map(|network| &network.cidrs);
    let mut nodes = basis.node_addresses().filter_map(|text| text.parse().ok());
    !services.any(|service| service.overlaps(cidr))
        && !nodes.any(|address| cidr.contains(&Cidr::of_address(address)))
}

/// That it was looked at, to go behind a reason.
pub(super) fn words(basis: &Basis, cidr: &Cidr) -> &'static str {
    if !is_apart(basis, cidr) {
        return "";
    }
    let services = !basis.facts.networks.services.is_empty();
    let nodes = basis.node_addresses().next().is_some();
    match (services, nodes) {
        (true, true) => "; it overlaps neither services nor nodes",
        (true, false) => "; it overlaps no services; the nodes' addresses are not known",
        (false, true) => "; it overlaps no nodes; the services' addresses are not known",
        (false, false) => "; the addresses of services and nodes are not known",
    }
}
