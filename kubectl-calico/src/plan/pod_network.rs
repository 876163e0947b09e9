//! The pod network that Kubernetes was set up with: whether its sources agree, and what comes of a
//! pool outside of it.

use calico_core::cidr::Cidr;
use calico_core::pod_network::hold;

use super::basis::Basis;
use super::choice::Choice;
use crate::assess::facts::networks::Network;
use crate::assess::finding::{Finding, Severity};

/// The operator makes no first pool outside of the pod network; later on, nobody minds but
/// kube-proxy.
pub(super) fn outside(basis: &Basis, network: &Network, choice: &Choice<Cidr>) -> Option<Finding> {
    let cidr = choice.value().filter(|_| choice.is_given())?;
    // A source that knows of one family only says nothing of the other.
    let knows = network.is_enforced() || network.of_family(cidr.family()).next().is_some();
    if !knows || hold(&network.cidrs, cidr) {
        return None;
    }
    let refused = network.is_enforced() && basis.pools().is_empty();
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
    let same = |other: &&Network| match other.is_lower_bound() {
        true => other.cidrs.iter().all(|part| hold(&winner.cidrs, part)),
        false => sorted(other) == sorted(winner),
    };
    let others = basis
        .facts
        .networks
        .pods
        .iter()
        .filter(|other| !same(other));
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

/// In whichever order a source has them.
fn sorted(network: &Network) -> Vec<String> {
    let mut cidrs: Vec<String> = network.cidrs.iter().map(Cidr::to_string).collect();
    cidrs.sort();
    cidrs
}

/// Thousands of nodes have thousands of parts.
fn shortened(network: &Network) -> String {
    match network.cidrs.as_slice() {
        [first, .., last] if network.cidrs.len() > 4 => format!("{first} … {last}"),
        _ => network.list(),
    }
}
