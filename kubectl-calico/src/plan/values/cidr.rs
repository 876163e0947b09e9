//! Which CIDR a pool needs.

use calico_core::cidr::{Cidr, Family};

use super::precedence::settled_by;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::networks::Network;
use crate::assess::provenance::Provenance;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::repair::free_range::is_clear_of_services_and_nodes;

/// The flag that settles it.
const FLAG: &str = "--cidr";

/// What the operator takes on EKS where Calico is to give pods their addresses.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
const EKS_DEFAULT: &str = "172.16.0.0/16";

/// The families that need a pool: those of the pod network, those that are asked for, and where
/// neither says anything those of the services, or else IPv4.
pub(crate) fn families(inputs: &Inputs) -> Vec<Family> {
    let of = |networks: &[&Network], family| {
        let mut cidrs = networks.iter().flat_map(|network| &network.cidrs);
        cidrs.any(|cidr| cidr.family() == family)
    };
    let pods: Vec<&Network> = inputs.pod_network().into_iter().collect();
    let services: Vec<&Network> = inputs.facts.networks.services.iter().collect();
    let certain = |family: &Family| {
        of(&pods, *family) || inputs.live(*family).is_some() || inputs.request.concerns(*family)
    };
    let choose = |is: &dyn Fn(&Family) -> bool| -> Vec<Family> {
        Family::BOTH
            .into_iter()
            .filter(|family| is(family))
            .collect()
    };
    let found = choose(&certain);
    if !found.is_empty() {
        return found;
    }
    let found = choose(&|family| of(&services, *family));
    if found.is_empty() {
        vec![Family::V4]
    } else {
        found
    }
}

/// The CIDR of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family) -> Choice<Cidr> {
    let live = inputs.live(family).and_then(|pool| {
        let why = format!("{} has it, for good", pool.name);
        let from = Provenance::new(pool.object(), "spec.cidr");
        Some(Choice::known(pool.network?, why, from))
    });
    let network = inputs.pod_network();
    let wanted = inputs.wanted(family).map(|(cidr, _)| cidr);
    let inside = |cidr: &Cidr| {
        network.is_none_or(|network| network.cidrs.iter().any(|own| own.contains(cidr)))
    };
    let given = inputs.request.cidr.of(family);
    if let Some(choice) = settled_by(given, FLAG, live, wanted.filter(inside)) {
        return choice;
    }
    match network {
        Some(network) => of_network(inputs, network, family, wanted),
        None => without_network(inputs, family),
    }
}

fn of_network(
    inputs: &Inputs,
    network: &Network,
    family: Family,
    wanted: Option<Cidr>,
) -> Choice<Cidr> {
    let mut cidrs = network.of_family(family);
    let Some(first) = cidrs.next() else {
        return Choice::open(
            format!("the pod network {} has no {family}", network.list()),
            FLAG,
        );
    };
    let mut why = "the pod network that Kubernetes was set up with".to_owned();
    if first.has_host_bits() {
        why.push_str(&format!(", which {first} stands for"));
    }
    if let Some(more) = cidrs.next() {
        why.push_str(&format!("; it has {more}, too, for a pool of its own"));
    }
    if let Some(wanted) = wanted {
        why.push_str(&format!(
            "; the Installation asks for {wanted}, which is outside of it"
        ));
    }
    why.push_str(clear_of(inputs, &first.network()));
    let same = |other: &&Network| other.is_lower_bound() || other.list() == network.list();
    let agreeing = inputs.facts.networks.pods.iter().filter(same);
    Choice::Known {
        value: first.network(),
        why,
        from: agreeing
            .filter(|network| !network.is_lower_bound())
            .map(|network| network.from.clone())
            .collect(),
    }
}

fn without_network(inputs: &Inputs, family: Family) -> Choice<Cidr> {
    let default = EKS_DEFAULT.parse::<Cidr>().ok();
    let default =
        default.filter(|_| inputs.platform() == Some(Platform::Eks) && family == Family::V4);
    if let Some(cidr) =
        default.filter(|cidr| is_clear_of_services_and_nodes(inputs.snapshot, inputs.facts, cidr))
    {
        let why = format!(
            "the operator's own choice on EKS, where nothing sets a pod network{}",
            clear_of(inputs, &cidr)
        );
        return Choice::reasoned(cidr, why);
    }
    let mut why = "nothing tells the pod network that Kubernetes was set up with".to_owned();
    let parts = inputs
        .facts
        .networks
        .pods
        .iter()
        .find(|network| network.is_lower_bound());
    let parts = parts.map(|network| network.of_family(family).collect::<Vec<_>>());
    if let Some([first, .., last]) = parts.as_deref() {
        why.push_str(&format!(
            "; it holds the nodes' parts of it, {first} to {last}"
        ));
    } else if let Some([one]) = parts.as_deref() {
        why.push_str(&format!("; it holds the node's part of it, {one}"));
    }
    Choice::open(why, FLAG)
}

/// That it was compared with the Services and the nodes, for the end of a reason. What overlaps is
/// status's subject.
fn clear_of(inputs: &Inputs, cidr: &Cidr) -> &'static str {
    if !is_clear_of_services_and_nodes(inputs.snapshot, inputs.facts, cidr) {
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
