//! Whether all sources of the pod CIDR agree.

use calico_core::catalog::Entry;
use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::{Source, hold};

use crate::assess::advice::moves::kept_pools;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::facts::networks::ConfiguredNetwork;
use crate::phrases::few;
use crate::repair::Step;
use crate::snapshot::resources::{IP_POOLS, KUBE_PROXY, KUBEADM_CONFIG};

pub(crate) const SOURCES_DISAGREE: Check = Check {
    entry: Entry {
        code: "CAL207",
        title: "the sources of the pod CIDR disagree",
        meaning: "Kubernetes' own settings specify different pod CIDRs.",
        impact: "Each component uses its own setting: kube-proxy replaces the source address of \
                 traffic from outside its clusterCIDR, kube-controller-manager gives each node a \
                 part of its --cluster-cidr, and the operator does not create its first pools \
                 outside kubeadm-config's podSubnet. Calico's IPAM uses only its pools.",
        criteria: "The sources are OpenShift's Network, kubeadm-config, the \
                   --cluster-cidr of kube-controller-manager, kube-proxy's clusterCIDR, and the \
                   arguments of k3s and RKE2, in this order of precedence. Two sources disagree if \
                   both specify CIDRs of a family, but different ones. The podCIDRs of nodes are \
                   parts of the pod CIDR; one outside it is a note. Any other disagreement is a \
                   note if all sources contain the pools for pods, and a warning otherwise or \
                   while there is no pool.",
        fix: "Set all of them to the same CIDRs: kube-proxy's ConfigMap (then restart kube-proxy), \
              kube-controller-manager's flag, and kubeadm-config, from which the next kubeadm \
              upgrade configures both. While nodes have podCIDRs outside its --cluster-cidr, \
              kube-controller-manager starts only with --allocate-node-cidrs=false.",
        source: "projectcalico/calico#5952, #962; kubernetes v1.34, cmd/kubeadm",
    },
    needs: &[&KUBEADM_CONFIG, &KUBE_PROXY],
    // Pools that show which of the sources is right.
    excuses: &[&IP_POOLS],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        let networks = &case.facts.networks;
        let Some(best) = networks.best() else {
            return Vec::new();
        };
        let others: Vec<&ConfiguredNetwork> = networks
            .pods
            .iter()
            .filter(|other| {
                Family::BOTH
                    .iter()
                    .any(|family| differ(best, other, *family))
            })
            .collect();
        if others.is_empty() {
            return Vec::new();
        }
        vec![finding(case, best, &others)]
    },
};

/// Whether two sources specify a family differently.
fn differ(best: &ConfiguredNetwork, other: &ConfiguredNetwork, family: Family) -> bool {
    let set = |network: &ConfiguredNetwork| {
        let mut cidrs: Vec<Cidr> = network.of_family(family).map(Cidr::network).collect();
        cidrs.sort_by_key(|cidr| (cidr.address(), cidr.prefix()));
        cidrs
    };
    let (ours, theirs) = (set(best), set(other));
    if ours.is_empty() || theirs.is_empty() {
        return false;
    }
    if other.is_lower_bound() {
        theirs.iter().any(|part| !hold(&ours, part))
    } else {
        ours != theirs
    }
}

fn finding(case: &Case, best: &ConfiguredNetwork, others: &[&ConfiguredNetwork]) -> Finding {
    let wholes: Vec<&ConfiguredNetwork> = others
        .iter()
        .copied()
        .filter(|other| !other.is_lower_bound())
        .collect();
    let message = format!(
        "the pod CIDR is {} in {}, but {}",
        best.list(),
        best.source,
        match wholes.as_slice() {
            [] => "nodes have podCIDRs outside it".to_owned(),
            [one] => format!("{} in {}", one.list(), one.source),
            more => format!("{} other sources differ", more.len()),
        }
    );
    let (severity, impact) = weight(case, best, &wholes);
    let mut finding = Finding::new(&SOURCES_DISAGREE.entry, severity, "pod network", message)
        .read(&best.from, best.list());
    for other in others {
        let cidrs: Vec<String> = other.cidrs.iter().map(Cidr::to_string).collect();
        finding = finding.read(&other.from, few(&cidrs));
    }
    if let Some(proxy) = newer(case) {
        return finding
            .impact(format!(
                "none while nothing changes: kube-proxy knows the network of the pools; kubeadm upgrade writes {} to \
                 --cluster-cidr of the controller manager",
                best.list()
            ))
            .fix(format!("set podSubnet in kubeadm-config to {}", proxy.list()))
            .paste("kubectl edit configmap -n kube-system kubeadm-config");
    }
    let finding = finding.impact(impact);
    if severity == Severity::Note {
        return finding.fix("none needed");
    }
    let mut kept = { Family::BOTH.iter() }.filter_map(|family| kept_pools(case, *family));
    match kept.next() {
        Some(steps) => finding.fixed_by_all(steps),
        None => finding.fixed_by_all(adapt(case, best, &wholes)),
    }
}

/// Gives each source the network that takes precedence, in which the pools are, or will be once CAL201 is fixed.
fn adapt(case: &Case, best: &ConfiguredNetwork, wholes: &[&ConfiguredNetwork]) -> Vec<Step> {
    let list: Vec<String> = best.cidrs.iter().map(Cidr::to_string).collect();
    let list = list.join(",");
    let networks = case.facts.networks.pods.iter();
    let mut parts = networks.filter(|network| network.is_lower_bound());
    let is_outside = parts.any(|parts| Family::BOTH.iter().any(|it| differ(best, parts, *it)));
    let step = |other: &ConfiguredNetwork| match other.rank {
        Some(Source::KubeProxy) => Step::new(format!(
            "set clusterCIDR of kube-proxy to {list}, and restart it"
        ))
        .run("kubectl edit configmap -n kube-system kube-proxy")
        .run("kubectl rollout restart -n kube-system daemonset/kube-proxy"),
        Some(Source::ControllerManager) if is_outside => Step::new(format!(
            "set --cluster-cidr={list} and --allocate-node-cidrs=false of kube-controller-manager: the podCIDR of a node \
             cannot be changed, and the controller manager does not start if one is outside --cluster-cidr"
        )),
        Some(Source::ControllerManager) => Step::new(format!(
            "set --cluster-cidr={list} of kube-controller-manager"
        )),
        _ => Step::new(format!("set the pod CIDR in {} to {list}", other.source)),
    };
    wholes.iter().map(|other| step(other)).collect()
}

/// kube-proxy's network, if it contains all existing pools for pods that podSubnet does not.
fn newer<'a>(case: &Case<'a>) -> Option<&'a ConfiguredNetwork> {
    let networks = &case.facts.networks;
    let mut pools = candidate_pools(case);
    pools.retain(|pool| pool.serves_pods && pool.existing.is_some());
    let outside = |pool: &&CandidatePool| {
        let best = networks.best();
        pool.network
            .is_some_and(|it| best.is_some_and(|best| !hold(&best.cidrs, &it)))
    };
    let newer: Option<Vec<&ConfiguredNetwork>> = pools
        .iter()
        .filter(outside)
        .map(|pool| networks.newer_than_kubeadm(&pool.network?))
        .collect();
    newer?.first().copied()
}

/// The severity of a disagreement, and its impact.
fn weight(
    case: &Case,
    best: &ConfiguredNetwork,
    others: &[&ConfiguredNetwork],
) -> (Severity, &'static str) {
    if others.is_empty() {
        return (
            Severity::Note,
            "none for Calico, whose IPAM uses its pools and not these podCIDRs; \
             kube-controller-manager assigns them from another network",
        );
    }
    let pools: Vec<Cidr> = candidate_pools(case)
        .iter()
        .filter(|pool| pool.serves_pods)
        .filter_map(|pool| pool.network)
        .collect();
    let inside = |pool: &Cidr| {
        let mut all = others.iter().copied().chain([best]);
        all.all(|network| {
            let names_family = network.of_family(pool.family()).next().is_some();
            !names_family || hold(&network.cidrs, pool)
        })
    };
    if !pools.is_empty() && pools.iter().all(inside) {
        (Severity::Note, "none: all sources contain the pools")
    } else {
        (
            Severity::Warning,
            "each component of Kubernetes uses its own setting: kube-proxy may treat pods as \
             outside the cluster and replace their source address",
        )
    }
}
