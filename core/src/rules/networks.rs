//! Rules for pools beside the networks of a cluster: pods, Services, nodes. They need its plan.

use std::net::IpAddr;

use crate::cidr::Cidr;
use crate::cluster_plan::ConfiguredNetwork;
use crate::pool::Field;
use crate::text::{listed, shown};

use super::case::PoolCase;
use super::{Case, Enforcement, Rule};

pub(super) const OUTSIDE_POD_NETWORK: Rule = Rule {
    name: "outside-pod-network",
    summary: "the first pools lie in the pod network that the operator reads",
    enforcement: Enforcement::Operator,
    check: |case| {
        let Some(network) = pod_network(case).filter(|network| is_enforced(case, network)) else {
            return Vec::new();
        };
        let cidrs = cidrs(&network.cidrs);
        let outside = case.pools().filter_map(|pool| {
            let cidr = pool.effective.network()?;
            (!cidrs.iter().any(|own| own.contains(cidr))).then_some((pool, cidr))
        });
        let breach = |(pool, cidr): (PoolCase, &Cidr)| {
            // Go shows a list of strings in brackets, with spaces between them.
            let said = format!(
                "IPPool {} is not within the platform's configured pod network CIDR(s) [{}]",
                shown(pool.label()),
                shown(network.cidrs.join(" "))
            );
            let status = if case.operator.since(34) {
                "ippools"
            } else {
                "calico"
            };
            pool.violation(
                Field::Cidr,
                outside_of(case, cidr, network),
                format!(
                    "the operator makes no pool; TigeraStatus {status} becomes Degraded, \
                     ResourceReadError: … {said}"
                ),
                "choose a range inside of it; to change the pod network itself, start with \
                 Kubernetes",
            )
        };
        outside.map(breach).collect()
    },
};

pub(super) const OUTSIDE_POD_NETWORK_UNCHECKED: Rule = Rule {
    name: "outside-pod-network-unchecked",
    summary: "pools for pods lie in the pod network, also where the operator does not look",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let Some(network) = pod_network(case).filter(|network| !is_enforced(case, network)) else {
            return Vec::new();
        };
        let own = cidrs(&network.cidrs);
        // What is put together from the CIDRs of nodes is a part of the pod network, no more.
        let is_inside = |cidr: &Cidr| {
            let mut of_family = own.iter().filter(|own| own.family() == cidr.family());
            let holds_all = of_family.clone().count() > 0 && of_family.all(|o| cidr.contains(o));
            own.iter().any(|own| own.contains(cidr)) || !network.enforced && holds_all
        };
        let outside = for_pods(case).filter(|(_, cidr)| !is_inside(cidr));
        // On none of the three fields: worth a warning, whoever set it.
        let breach = |(pool, cidr): (PoolCase, &Cidr)| {
            pool.violation_at(
                Field::Cidr.key(),
                outside_of(case, cidr, network),
                "kube-proxy takes the pods' addresses for those of others, and hides them from \
                 network policy"
                    .to_owned(),
                "choose a range inside of it, or give Kubernetes this one",
            )
        };
        outside.map(breach).collect()
    },
};

pub(super) const SERVICES_OVERLAP: Rule = Rule {
    name: "services-overlap",
    summary: "a pool for pods shares no address with the service network",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let services = case.cluster.map_or(&[][..], |plan| &plan.services);
        let services = cidrs(services);
        let breach = |(pool, cidr): (PoolCase, &Cidr)| {
            let services = services.iter().find(|services| services.overlaps(cidr))?;
            Some(pool.violation(
                Field::Cidr,
                format!(
                    "{cidr} overlaps {services}, the service network{}",
                    case.of_server()
                ),
                "a pod and a Service can get the same address".to_owned(),
                "choose a range that has no address in common with it",
            ))
        };
        for_pods(case).filter_map(breach).collect()
    },
};

pub(super) const NODES_OVERLAP: Rule = Rule {
    name: "nodes-overlap",
    summary: "a pool for pods holds no node's address",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let nodes = case.cluster.map_or(&[][..], |plan| &plan.node_addresses);
        let nodes: Vec<IpAddr> = nodes.iter().filter_map(|node| node.parse().ok()).collect();
        let breach = |(pool, cidr): (PoolCase, &Cidr)| {
            let mut held = nodes.iter().filter(|node| cidr.holds(**node)).peekable();
            held.peek()?;
            Some(pool.violation(
                Field::Cidr,
                format!(
                    "{cidr} holds addresses of nodes{}: {}",
                    case.of_server(),
                    listed(held.map(ToString::to_string))
                ),
                "a pod can get the address of a node, and traffic to the nodes is taken for that \
                 of pods"
                    .to_owned(),
                "choose a range that the nodes' network does not use",
            ))
        };
        for_pods(case).filter_map(breach).collect()
    },
};

/// The pod network, if it is known. Under other CNI plugins pods have their addresses elsewhere.
fn pod_network<'a>(case: &Case<'a>) -> Option<&'a ConfiguredNetwork> {
    let network = case.cluster?.pod_network.as_ref()?;
    (case.effective.is_calico_cni() && !network.cidrs.is_empty()).then_some(network)
}

/// Whether the operator would hold the pools to it: before 1.34 always, since then only while
/// there is no pool at all.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
fn is_enforced(case: &Case, network: &ConfiguredNetwork) -> bool {
    network.enforced && (case.existing_pools().is_empty() || !case.operator.since(34))
}

fn outside_of(case: &Case, cidr: &Cidr, network: &ConfiguredNetwork) -> String {
    format!(
        "{cidr} is outside of the pod network {} ({}{})",
        listed(network.cidrs.iter().map(shown)),
        shown(&network.source),
        case.of_server()
    )
}

/// The pools that pods get addresses from, as far as their CIDRs can be read.
fn for_pods<'a>(case: &Case<'a>) -> impl Iterator<Item = (PoolCase<'a>, &'a Cidr)> {
    let pools = case.pools();
    pools
        .filter(|pool| !pool.effective.is_for_load_balancers())
        .filter_map(|pool| Some((pool, pool.effective.network()?)))
}

fn cidrs(texts: &[String]) -> Vec<Cidr> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}
