//! Whether all who tell the pod network tell the same.

use calico_core::catalog::Entry;
use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::{Source, hold};

use crate::assess::candidate_pools::candidate_pools;
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::networks::Network;
use crate::assess::finding::{Finding, Severity};
use crate::assess::words::few;
use crate::snapshot::resources::{KUBE_PROXY, KUBEADM_CONFIG};

pub(crate) const SOURCES_DISAGREE: Check = Check {
    entry: Entry {
        code: "CAL207",
        title: "sources of the pod network disagree",
        meaning: "Kubernetes' own settings name different pod networks.",
        impact: "Each part acts on its own setting: kube-proxy replaces the source address of \
                  what comes from outside of its clusterCIDR, kube-controller-manager gives each \
                  node a part of its --cluster-cidr, and the operator makes no first pool outside \
                  of kubeadm-config's podSubnet. Calico's IPAM follows its pools and none of them.",
        criteria: "The sources are OpenShift's Network, kubeadm-config, the --cluster-cidr of \
                 kube-controller-manager, kube-proxy's clusterCIDR and the arguments of k3s and \
                 RKE2, and the first of them wins in this report. Two disagree where both name a \
                 family and not the same CIDRs of it. The podCIDRs of nodes are parts of the pod \
                 network: they disagree where one is outside of it, which is a note. So is any \
                 other case where the pools that pods get addresses from are inside of all \
                 sources; else, and while there is no pool, it is a warning.",
        fix: "Set all of them to the same CIDRs: kube-proxy's ConfigMap (then restart kube-proxy), \
              the flag of kube-controller-manager, and kubeadm-config, which the next kubeadm \
              upgrade writes to both.",
        source: "projectcalico/calico#5952, #962; kubernetes v1.34, cmd/kubeadm",
    },
    needs: &[&KUBEADM_CONFIG, &KUBE_PROXY],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        let networks = &case.facts.networks;
        let Some(best) = networks.best() else {
            return Vec::new();
        };
        let others: Vec<&Network> = networks
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

/// Whether two sources name a family, and not the same of it.
fn differ(best: &Network, other: &Network, family: Family) -> bool {
    let set = |network: &Network| {
        let mut cidrs: Vec<Cidr> = network.of_family(family).map(Cidr::network).collect();
        cidrs.sort_by_key(|cidr| (cidr.address(), cidr.prefix()));
        cidrs
    };
    let (ours, theirs) = (set(best), set(other));
    if ours.is_empty() || theirs.is_empty() {
        return false;
    }
    match other.is_lower_bound() {
        true => theirs.iter().any(|part| !hold(&ours, part)),
        false => ours != theirs,
    }
}

fn finding(case: &Case, best: &Network, others: &[&Network]) -> Finding {
    let wholes: Vec<&Network> = others
        .iter()
        .copied()
        .filter(|other| !other.is_lower_bound())
        .collect();
    let message = format!(
        "{} says that the pod network is {}, {}",
        best.source,
        best.list(),
        match wholes.as_slice() {
            [] => "and nodes have parts of another one".to_owned(),
            [one] => format!("and {} says {}", one.source, one.list()),
            more => format!("and {} others say something else", more.len()),
        }
    );
    let (severity, impact) = weight(case, best, &wholes);
    let mut finding = Finding::new(&SOURCES_DISAGREE.entry, severity, "pod network", message)
        .read(&best.from, best.list());
    for other in others {
        let cidrs: Vec<String> = other.cidrs.iter().map(Cidr::to_string).collect();
        finding = finding.read(&other.from, few(&cidrs));
    }
    let by_kube_proxy = wholes
        .iter()
        .any(|other| other.rank == Some(Source::KubeProxy));
    let finding = finding.impact(impact).fix(format!(
        "set all of them to what the pools are a part of; this report goes by {}",
        best.source
    ));
    match by_kube_proxy {
        true => finding.paste(
            "kubectl edit configmap -n kube-system kube-proxy\n\
             kubectl rollout restart -n kube-system daemonset kube-proxy",
        ),
        false => finding,
    }
}

/// How bad it is that `others` say something else, and why.
fn weight(case: &Case, best: &Network, others: &[&Network]) -> (Severity, &'static str) {
    if others.is_empty() {
        return (
            Severity::Note,
            "kube-controller-manager cuts up another network; Calico's IPAM goes by its pools, and \
             not by these parts",
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
    match !pools.is_empty() && pools.iter().all(inside) {
        true => (
            Severity::Note,
            "the pools are inside of all of them, so that nothing suffers from it",
        ),
        false => (
            Severity::Warning,
            "each part of Kubernetes acts on its own: pods can be taken for outsiders by \
             kube-proxy, and lose their source address",
        ),
    }
}
