//! Which CIDR a pool needs, and what it must not overlap.

use calico_core::cidr::{Cidr, Family};

use super::basis::Basis;
use super::choice::Choice;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::networks::Network;
use crate::assess::finding::{Finding, Severity};

/// The flag that settles it.
const FLAG: &str = "--cidr";

/// What the operator takes on EKS where Calico is to give pods their addresses.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
const EKS_DEFAULT: &str = "172.16.0.0/16";

/// The families that need a pool: those of the pod network, those that are asked for, and where
/// neither says anything those of the services, or else IPv4.
pub(super) fn families(basis: &Basis) -> Vec<Family> {
    let of = |networks: &[&Network], family| {
        let mut cidrs = networks.iter().flat_map(|network| &network.cidrs);
        cidrs.any(|cidr| cidr.family() == family)
    };
    let pods: Vec<&Network> = basis.pod_network().into_iter().collect();
    let services: Vec<&Network> = basis.facts.networks.services.iter().collect();
    let certain = |family: &Family| {
        of(&pods, *family) || basis.live(*family).is_some() || basis.asked.concerns(*family)
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
pub(super) fn choose(basis: &Basis, family: Family) -> Choice<Cidr> {
    if let Some(value) = basis.asked.cidr.of(family) {
        return Choice::Given { value, flag: FLAG };
    }
    if let Some((pool, cidr)) = basis
        .live(family)
        .and_then(|pool| Some((pool, pool.network?)))
    {
        let why = format!("{} has it, for good", pool.name);
        return Choice::known(cidr, why, format!("{} spec.cidr", pool.object()));
    }
    let network = basis.pod_network();
    let wanted = basis.wanted(family).map(|(cidr, _)| cidr);
    if let Some(cidr) =
        wanted.filter(|cidr| network.is_none_or(|n| n.cidrs.iter().any(|c| c.contains(cidr))))
    {
        const FROM: &str = "Installation/default spec.calicoNetwork.ipPools";
        return Choice::known(cidr, "the Installation asks for it", FROM);
    }
    match network {
        Some(network) => of_network(basis, network, family, wanted),
        None => without_network(basis, family),
    }
}

fn of_network(
    basis: &Basis,
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
    let same = |other: &&Network| other.is_lower_bound() || other.list() == network.list();
    let agreeing = basis.facts.networks.pods.iter().filter(same);
    Choice::Known {
        value: first.network(),
        why,
        from: agreeing
            .filter(|network| !network.is_lower_bound())
            .map(|network| network.from.clone())
            .collect(),
    }
}

fn without_network(basis: &Basis, family: Family) -> Choice<Cidr> {
    let default = EKS_DEFAULT.parse::<Cidr>().ok();
    let default =
        default.filter(|_| basis.platform() == Some(Platform::Eks) && family == Family::V4);
    if let Some(cidr) = default.filter(|cidr| overlaps(basis, cidr).is_empty()) {
        let why = "the operator's own choice on EKS, where nothing sets a pod network; it overlaps \
                   neither services nor nodes";
        return Choice::reasoned(cidr, why);
    }
    let mut why = "nothing tells the pod network that Kubernetes was set up with".to_owned();
    let parts = basis
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

/// What of a cluster's networks a CIDR overlaps: its words, and where it was read.
fn overlaps(basis: &Basis, cidr: &Cidr) -> Vec<Finding> {
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

/// What is wrong with the CIDR of a pool that is to be made.
pub(super) fn findings(basis: &Basis, choice: &Choice<Cidr>) -> Vec<Finding> {
    let Some(cidr) = choice.value() else {
        return Vec::new();
    };
    let mut findings = overlaps(basis, cidr);
    findings.extend(
        basis
            .pod_network()
            .and_then(|network| outside(basis, network, choice)),
    );
    findings
}

/// The operator makes no first pool outside of the pod network; later on, nobody minds but
/// kube-proxy.
fn outside(basis: &Basis, network: &Network, choice: &Choice<Cidr>) -> Option<Finding> {
    let cidr = choice.value().filter(|_| choice.is_given())?;
    if network.cidrs.iter().any(|part| part.contains(cidr))
        || network.of_family(cidr.family()).next().is_none()
    {
        return None;
    }
    let refused = network.is_enforced() && basis.live_pools().next().is_none();
    let (severity, so) = match refused {
        true => (
            Severity::Error,
            "the operator makes no pool, and the install never ends: IPPool is not within the \
             platform's configured pod network CIDR(s)",
        ),
        false => (
            Severity::Warning,
            "kube-proxy takes what pods send for traffic from outside and replaces its source \
             address",
        ),
    };
    let finding = Finding::new(
        severity,
        cidr.to_string(),
        format!("it is outside of the pod network {}", network.list()),
    )
    .seen(&network.from, "", network.list())
    .then(so)
    .fix("choose a part of the pod network, or leave --cidr out");
    Some(Finding {
        code: "cidr-outside-pod-network",
        ..finding
    })
}

/// Sources that do not agree on the pod network: the one that wins, and the others.
pub(super) fn disagreement(basis: &Basis) -> Option<Finding> {
    let winner = basis.pod_network()?;
    let others = basis
        .facts
        .networks
        .pods
        .iter()
        .filter(|other| match other.is_lower_bound() {
            true => !other
                .cidrs
                .iter()
                .all(|part| winner.cidrs.iter().any(|cidr| cidr.contains(part))),
            false => other.list() != winner.list(),
        });
    let others: Vec<&Network> = others.collect();
    if others.is_empty() {
        return None;
    }
    let why = match winner.is_enforced() {
        true => "the operator makes no pool outside of it",
        false => "it is the best evidence of them",
    };
    let mut finding = Finding::warning("Pod network", "its sources do not agree").seen(
        &winner.from,
        "",
        winner.list(),
    );
    for other in others {
        finding = finding.seen(&other.from, "", shortened(other));
    }
    let finding = finding
        .then(format!("{} is taken, since {why}", winner.source))
        .fix("make the others say the same; --cidr chooses a pool of its own");
    Some(Finding {
        code: "pod-networks-disagree",
        ..finding
    })
}

/// Thousands of nodes have thousands of parts.
fn shortened(network: &Network) -> String {
    match network.cidrs.as_slice() {
        [first, .., last] if network.cidrs.len() > 4 => format!("{first} … {last}"),
        _ => network.list(),
    }
}
