//! What a pool must not overlap: the services, and the nodes themselves.

use calico_core::cidr::Cidr;

use super::basis::Basis;
use crate::assess::finding::Finding;

/// That what a CIDR must not overlap was looked at.
pub(super) fn apart(basis: &Basis, cidr: &Cidr) -> &'static str {
    if !findings(basis, cidr).is_empty() {
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

/// What of a cluster's networks a CIDR overlaps.
pub(super) fn findings(basis: &Basis, cidr: &Cidr) -> Vec<Finding> {
    let services = basis.facts.networks.services.iter();
    let service = services
        .flat_map(|network| network.cidrs.iter().map(move |other| (network, other)))
        .find(|(_, other)| other.overlaps(cidr))
        .map(|(network, other)| {
            finding(
                "cidr-overlaps-services",
                cidr,
                &format!("the services' {other}"),
            )
            .seen(&network.from, "", other)
            .then("an address could be a pod's and a Service's at once")
        });
    let nodes = basis.snapshot.nodes.items().iter();
    let node = nodes
        .flat_map(|node| {
            node.internal_addresses()
                .map(move |address| (node, address))
        })
        .find(|(_, address)| {
            let address = address.parse().map(Cidr::of_address);
            address.is_ok_and(|address| cidr.contains(&address))
        })
        .map(|(node, address)| {
            let name = &node.metadata.name;
            finding(
                "cidr-overlaps-nodes",
                cidr,
                &format!("the address of node {name}"),
            )
            .seen(format!("Node/{name}"), "status.addresses", address)
            .then("pods cannot reach a node whose address is in a pool")
        });
    service.into_iter().chain(node).collect()
}

fn finding(code: &'static str, cidr: &Cidr, what: &str) -> Finding {
    let finding = Finding::error(cidr.to_string(), format!("it overlaps {what}"));
    Finding { code, ..finding }.fix("choose another with --cidr; where the pod network itself overlaps, Kubernetes has to be set up anew")
}
