//! What a pool has to be apart from: the services, and the nodes themselves. Whether a plan is, is
//! judged with status' checks; here it is what a choice goes by, and what its reason says.

use calico_core::cidr::Cidr;

use crate::plan::inputs::Inputs;

/// Whether a CIDR overlaps neither the services nor the nodes, as far as they are known.
pub(crate) fn is_apart(inputs: &Inputs, cidr: &Cidr) -> bool {
    let networks = inputs.facts.networks.services.iter();
    let mut services = networks.flat_map(|network| &network.cidrs);
    let mut nodes = inputs.node_addresses().filter_map(|text| text.parse().ok());
    !services.any(|service| service.overlaps(cidr))
        && !nodes.any(|address| cidr.contains(&Cidr::of_address(address)))
}

/// That it was looked at, to go behind a reason.
pub(crate) fn words(inputs: &Inputs, cidr: &Cidr) -> &'static str {
    if !is_apart(inputs, cidr) {
        return "";
    }
    let services = !inputs.facts.networks.services.is_empty();
    let nodes = inputs.node_addresses().next().is_some();
    match (services, nodes) {
        (true, true) => "; it overlaps neither services nor nodes",
        (true, false) => "; it overlaps no services; the nodes' addresses are not known",
        (false, true) => "; it overlaps no nodes; the services' addresses are not known",
        (false, false) => "; the addresses of services and nodes are not known",
    }
}
