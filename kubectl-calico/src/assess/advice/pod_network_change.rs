//! Another pod network for the cluster, if no pool inside it is right.
//!
//! Source: kubernetes v1.34, pkg/controller/nodeipam/ipam/range_allocator.go (nodes whose podCIDR is
//! outside the cluster CIDR stop the controller manager) and pkg/apis/core/validation (podCIDR cannot
//! be changed); kubeadm's documentation, kubeadm init; docs.k3s.io, k3s server (cluster-cidr).

use calico_core::cidr::{Cidr, Family};

use crate::assess::check::Case;
use crate::facts::platform::Platform;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::{is_clear_of_services_and_nodes, temporary};

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

fn on_platform(case: &Case, why: &str, to: &Cidr) -> Vec<Step> {
    match case.facts.cluster.platform.value() {
        _ if case.facts.by_pod_cidr() => vec![Step::new(format!(
            "{why}: recreate the cluster with that CIDR, because host-local IPAM uses the podCIDRs of nodes, \
             which cannot be changed"
        ))],
        Some(Platform::Kubeadm) => vec![
            Step::new(format!(
                "{why}. If nothing runs in the cluster yet, create the cluster again with kubeadm init \
                 --pod-network-cidr={to}. Otherwise, set podSubnet to {to}; the operator and kubeadm upgrade \
                 read it from there"
            ))
            .run("kubectl edit configmap -n kube-system kubeadm-config"),
            Step::new(format!(
                "on each control plane node, in /etc/kubernetes/manifests/kube-controller-manager.yaml, \
                 set --cluster-cidr={to} and --allocate-node-cidrs=false: the podCIDR of a node cannot be \
                 changed, the controller manager does not start if it is outside the pod network, \
                 and Calico's IPAM does not use it"
            )),
            Step::new(format!("set clusterCIDR of kube-proxy to {to}, and restart it"))
                .run("kubectl edit configmap -n kube-system kube-proxy")
                .run("kubectl rollout restart -n kube-system daemonset/kube-proxy"),
        ],
        Some(Platform::K3s | Platform::Rke2) => vec![Step::new(format!(
            "{why}: create the cluster again with that as cluster-cidr, which cannot be changed later"
        ))],
        _ => vec![Step::new(format!(
            "{why}: change it where Kubernetes was configured with it, or create the cluster again"
        ))],
    }
}
