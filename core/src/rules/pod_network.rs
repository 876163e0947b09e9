//! Rules that keep pools within the pod network of a cluster.

use crate::catalog::Entry;
use crate::cidr::Cidr;
use crate::cluster_plan::ConfiguredNetwork;
use crate::pod_network;
use crate::pool::Field;
use crate::text::{listed, shown};

use super::case::{Case, PoolCase, cidrs};
use super::details::Details;
use super::rule::{Enforcement, Rule};

pub(super) const OUTSIDE_POD_NETWORK: Rule = Rule {
    entry: Entry {
        code: "outside-pod-network",
        title: "the first pools must be within the pod CIDR that the operator detects",
        meaning: "With Calico's CNI plugin, the operator compares every pool with kubeadm's \
                  podSubnet or OpenShift's clusterNetwork.",
        impact: "The operator creates no pool. TigeraStatus ippools (before 1.34: calico) becomes \
                 Degraded with ResourceReadError.",
        criteria: "Since operator 1.34, checked only while the cluster has no pools. Every address of a pool \
                   must be in one of the pod CIDRs.",
        fix: "Choose a range within the pod CIDR. To change the pod CIDR itself, reconfigure Kubernetes \
              first.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let Some(network) = pod_network(case).filter(|network| is_enforced(case, network)) else {
            return Vec::new();
        };
        let own = cidrs(&network.cidrs);
        case.networks()
            .filter(|(_, cidr)| !pod_network::hold(&own, cidr))
            .map(|(pool, cidr)| outside(case, &pool, cidr, network))
            .collect()
    },
};

fn outside(case: &Case, pool: &PoolCase, cidr: &Cidr, network: &ConfiguredNetwork) -> Details {
    let status = if case.operator.since(34) {
        "ippools"
    } else {
        "calico"
    };
    pool.violation(
        Field::Cidr,
        problem(case, cidr, network),
        // Go prints a list of strings in brackets, with spaces between them.
        format!(
            "the operator creates no pool; TigeraStatus {status} becomes Degraded, \
             ResourceReadError: … IPPool {} is not within the platform's configured pod network \
             CIDR(s) [{}]",
            shown(pool.label()),
            shown(network.cidrs.join(" "))
        ),
        "choose a range within it; to change the pod CIDR itself, reconfigure Kubernetes first",
    )
}

pub(super) const OUTSIDE_POD_NETWORK_UNCHECKED: Rule = Rule {
    entry: Entry {
        code: "outside-pod-network-unchecked",
        title: "pools for pods must be within the pod CIDR, even if the operator does not check it",
        meaning: "The operator does not check pools that are added to existing ones, and does not know every \
                  pod CIDR, such as kube-proxy's clusterCIDR.",
        impact: "kube-proxy treats the pods as external and replaces their source addresses, so \
                 network policies no longer match them.",
        criteria: "The violation is a warning, even for a value that this run sets: nothing \
                   rejects it, and some clusters do this on purpose. If only the podCIDRs of nodes \
                   are known, they are a lower bound, and a pool that contains all of them \
                   passes.",
        fix: "Choose a range within the pod CIDR, or configure Kubernetes with this range.",
        source: "Kubernetes documentation, kube-proxy (clusterCIDR); tigera/operator v1.42.3, \
                 pkg/controller/ippool/defaults.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let Some(network) = pod_network(case).filter(|network| !is_enforced(case, network)) else {
            return Vec::new();
        };
        let own = cidrs(&network.cidrs);
        case.networks_for_pods()
            .filter(|(_, cidr)| {
                let may_be_a_part = !network.enforced && contains_all(&own, cidr);
                !pod_network::hold(&own, cidr) && !may_be_a_part
            })
            .map(|(pool, cidr)| {
                // It depends on no field, so that it stays a warning.
                pool.violation_at(
                    Field::Cidr.key(),
                    problem(case, cidr, network),
                    "kube-proxy treats the pods as external and replaces their source addresses, \
                     so network policies no longer match",
                    "choose a range within it, or configure Kubernetes with this range",
                )
            })
            .collect()
    },
};

/// Whether `cidr` contains every CIDR of its family, and there is one.
fn contains_all(own: &[Cidr], cidr: &Cidr) -> bool {
    let mut of_family = own
        .iter()
        .filter(|own| own.family() == cidr.family())
        .peekable();
    of_family.peek().is_some() && of_family.all(|own| cidr.contains(own))
}

/// The pod network, if it is known. With another CNI plugin, pods do not get their addresses from
/// pools.
fn pod_network<'a>(case: &Case<'a>) -> Option<&'a ConfiguredNetwork> {
    let network = case.cluster?.pod_network.as_ref()?;
    (case.effective.is_calico_cni() && !network.cidrs.is_empty()).then_some(network)
}

/// Whether the operator rejects pools outside the network: always before 1.34, and since then only
/// while there are no pools.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
fn is_enforced(case: &Case, network: &ConfiguredNetwork) -> bool {
    network.enforced && (case.existing_pools().is_empty() || !case.operator.since(34))
}

fn problem(case: &Case, cidr: &Cidr, network: &ConfiguredNetwork) -> String {
    format!(
        "{cidr} is outside the pod CIDR {} ({}{})",
        listed(network.cidrs.iter().map(shown)),
        shown(&network.source),
        case.of_server()
    )
}
