//! Another pod network for the cluster, if no pool inside it is right.
//!
//! Source: kubernetes v1.34, pkg/controller/nodeipam/ipam/range_allocator.go (nodes whose podCIDR is
//! outside the cluster CIDR stop the controller manager) and pkg/apis/core/validation (podCIDR cannot
//! be changed); kubeadm's documentation, kubeadm init; docs.k3s.io, k3s server (cluster-cidr).

use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::{Source, hold};

use crate::assess::check::Case;
use crate::assess::checks::kubeadm::EDIT as EDIT_KUBEADM;
use crate::facts::networks::ConfiguredNetwork;
use crate::facts::platform::Platform;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::{is_clear_of_services_and_nodes, temporary};
use crate::repair::room::named;

/// Whether every part of the pod network of a family overlaps nodes or Services.
pub(crate) fn is_taken(case: &Case, family: Family) -> bool {
    let Some(network) = case.facts.networks.best() else {
        return false;
    };
    let mut parts = network.of_family(family).peekable();
    parts.peek().is_some()
        && parts.all(|cidr| !is_clear_of_services_and_nodes(case.snapshot, case.facts, cidr))
}

/// The range to change to, and the steps before that of the pool. None if a part of the pod network is
/// free of nodes and Services.
pub(crate) fn steps(case: &Case, family: Family) -> Option<(Cidr, Vec<Step>)> {
    let network = case
        .facts
        .networks
        .best()
        .filter(|_| is_taken(case, family))?;
    let taken: Vec<Cidr> = network.of_family(family).copied().collect();
    let pools = case
        .facts
        .known_pools()
        .iter()
        .filter_map(|pool| pool.network);
    let used: Vec<Cidr> = pools.chain(taken.iter().copied()).collect();
    let to = temporary(case.snapshot, case.facts, family, &used)?;
    let list: Vec<String> = taken.iter().map(ToString::to_string).collect();
    let why = format!(
        "the pod network {} itself overlaps nodes, Services or the API server, so the cluster needs another one, such \
         as {to}",
        list.join(", ")
    );
    Some((to, on_platform(case, &why, &to)))
}

/// What to do where the free part of the pod network is too small for the pods of a pool outside it: make that pool's
/// range the pod network, or another one if nodes or Services have addresses in it.
pub(crate) fn widened(case: &Case, old: &ExistingPool, part: &Cidr, shortage: &str) -> Vec<Step> {
    let can_stay = |cidr: &Cidr| is_clear_of_services_and_nodes(case.snapshot, case.facts, cidr);
    let stays = old.network.filter(can_stay);
    let pools = case.facts.known_pools().iter();
    let used: Vec<Cidr> = pools
        .filter_map(|pool| pool.network)
        .chain([*part])
        .collect();
    let to = stays.or_else(|| temporary(case.snapshot, case.facts, part.family(), &used));
    let why = format!("the pod CIDR is too small: {shortage}");
    let Some(to) = to else {
        return vec![Step::new(format!(
            "{why}. Configure a larger pod CIDR in the cluster first"
        ))];
    };
    let why = format!("{why}, so the cluster needs a larger one, such as {to}");
    let mut steps = on_platform(case, &why, &to);
    if stays.is_none() {
        let what = format!("move the pods of {} to a pool in {to}", the_pool(&old.name));
        steps.push(Step::new(what).run(format!("kubectl calico plan --cidr {to}")));
    }
    steps
}

/// What to do where only kubeadm's own settings are another network than that of the pools: kube-controller-manager and the
/// podCIDRs of all nodes, which cannot follow it, are in that of the pools.
pub(crate) fn to_that_of_pools(case: &Case, olds: &[&ExistingPool]) -> Option<Vec<Step>> {
    let networks = &case.facts.networks;
    let best = networks.best()?;
    let family = olds.first()?.family()?;
    if best.rank != Some(Source::Kubeadm)
        || case.facts.cluster.platform.value() != Some(&Platform::Kubeadm)
    {
        return None;
    }
    let of = |rank| {
        networks
            .pods
            .iter()
            .find(|network| network.rank == Some(rank))
    };
    let manager: Vec<Cidr> = of(Source::ControllerManager)?
        .of_family(family)
        .copied()
        .collect();
    let mut parts = of(Source::NodePodCidrs)?.of_family(family).peekable();
    let is_right = |cidr: &Cidr| {
        hold(&manager, cidr) && is_clear_of_services_and_nodes(case.snapshot, case.facts, cidr)
    };
    let are_right = parts.peek().is_some()
        && parts.all(|part| hold(&manager, part))
        && olds
            .iter()
            .all(|old| old.network.is_some_and(|cidr| is_right(&cidr)));
    if !are_right {
        return None;
    }
    let list = in_place_of(best, family, &manager);
    let subnet = Step::new(format!(
        "set podSubnet to {list}, the network of {}: no pod has to move, because kube-controller-manager and the nodes \
         have it already. The operator and kubeadm upgrade read podSubnet",
        named(olds)
    ));
    let steps = [subnet.run(EDIT_KUBEADM)].into_iter();
    Some(steps.chain(of_kube_proxy(case, &list)).collect())
}

/// A network with other CIDRs of one family, as podSubnet.
fn in_place_of(network: &ConfiguredNetwork, family: Family, with: &[Cidr]) -> String {
    let mut list: Vec<String> = Vec::new();
    let mut with = with.iter();
    for cidr in &network.cidrs {
        if cidr.family() == family {
            list.extend(with.by_ref().map(Cidr::to_string));
        } else {
            list.push(cidr.to_string());
        }
    }
    list.join(",")
}

/// Gives kube-proxy the network, unless it has that already.
fn of_kube_proxy(case: &Case, list: &str) -> Option<Step> {
    let mut networks = case.facts.networks.pods.iter();
    let proxy = networks.find(|network| network.rank == Some(Source::KubeProxy));
    let is_set = proxy.is_some_and(|proxy| {
        let cidrs: Vec<String> = proxy.cidrs.iter().map(Cidr::to_string).collect();
        cidrs.join(",") == list
    });
    let step = Step::new(format!(
        "set clusterCIDR of kube-proxy to {list}, and restart it"
    ));
    (!is_set).then(|| {
        step.run("kubectl edit configmap -n kube-system kube-proxy")
            .run("kubectl rollout restart -n kube-system daemonset/kube-proxy")
    })
}

/// Whether kube-controller-manager and the podCIDRs of all nodes are in a network already.
fn is_of_manager(case: &Case, network: &Cidr) -> bool {
    let networks = case.facts.networks.pods.iter();
    let mut ours = networks.filter(|it| {
        matches!(
            it.rank,
            Some(Source::ControllerManager | Source::NodePodCidrs)
        )
    });
    let is_known = ours
        .clone()
        .any(|it| it.rank == Some(Source::ControllerManager));
    is_known
        && ours.all(|it| {
            let mut of_family = it.of_family(network.family());
            of_family.all(|cidr| network.contains(cidr))
        })
}

fn on_platform(case: &Case, why: &str, to: &Cidr) -> Vec<Step> {
    let best = case.facts.networks.best();
    let list = best.map_or_else(
        || to.to_string(),
        |best| in_place_of(best, to.family(), &[*to]),
    );
    match case.facts.cluster.platform.value() {
        _ if case.facts.by_pod_cidr() => vec![Step::new(format!(
            "{why}: recreate the cluster with that CIDR, because host-local IPAM uses the podCIDRs of nodes, \
             which cannot be changed"
        ))],
        Some(Platform::Kubeadm) => {
            let subnet = Step::new(format!(
                "{why}. If nothing runs in the cluster yet, create the cluster again with kubeadm init \
                 --pod-network-cidr={list}. Otherwise, set podSubnet to {list}; the operator and kubeadm upgrade \
                 read it from there"
            ));
            let manager = Step::new(format!(
                "on each control plane node, in /etc/kubernetes/manifests/kube-controller-manager.yaml, \
                 set --cluster-cidr={list} and --allocate-node-cidrs=false: the podCIDR of a node cannot be \
                 changed, the controller manager does not start if it is outside the pod network, \
                 and Calico's IPAM does not use it"
            ));
            let mut steps = vec![subnet.run(EDIT_KUBEADM)];
            steps.extend((!is_of_manager(case, to)).then_some(manager));
            steps.extend(of_kube_proxy(case, &list));
            steps
        }
        Some(Platform::K3s | Platform::Rke2) => vec![Step::new(format!(
            "{why}: create the cluster again with that as cluster-cidr, which cannot be changed later"
        ))],
        _ => vec![Step::new(format!(
            "{why}: change it where Kubernetes was configured with it, or create the cluster again"
        ))],
    }
}
