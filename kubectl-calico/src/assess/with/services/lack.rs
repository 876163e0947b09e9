//! What Services lack.

use crate::assess::advice::services_endpoint::{
    bootstraps, by_config_map, has_address, is_of_service,
};
use crate::assess::check::Case;
use crate::assess::checks::other_plugins;
use crate::facts::dataplane::Dataplane;
use crate::facts::platform::Platform;
use crate::views::calico_node::CalicoNode;
use crate::views::kube_proxy;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// eBPF is off, and so is kube-proxy.
    Implementation,
    /// eBPF is on, kube-proxy is off, and calico-node cannot reach the API server.
    Address,
    /// The operator refuses bpfNetworkBootstrap beside the address.
    Choice,
}

pub(super) fn lack(case: &Case) -> Option<Lack> {
    let bpf = *case.facts.dataplane.value()? == Dataplane::Bpf;
    let node = CalicoNode::current(case.snapshot)?;
    if bpf && knows_bootstrap(case) && bootstraps(case) && by_config_map(case).is_some() {
        return Some(Lack::Choice);
    }
    let platform = case.facts.cluster.platform.value();
    let elsewhere = kube_proxy::disabled(case.snapshot).is_none()
        && platform.is_some_and(|it| it.implements_services() || *it == Platform::Gke);
    if elsewhere || kube_proxy::is_scheduled(case.snapshot) || other_plugins::is_there(case) {
        return None;
    }
    match (bpf, gets_address(case, &node)) {
        (false, _) => Some(Lack::Implementation),
        (true, false) => Some(Lack::Address),
        (true, true) => None,
    }
}

/// Whether the operator's CRD has bpfNetworkBootstrap, which the API server drops otherwise.
fn knows_bootstrap(case: &Case) -> bool {
    let operator = case.facts.installation.as_ref();
    operator.is_some_and(|installation| installation.operator.since(40))
}

/// Whether calico-node gets an address that is not that of the Service: from the operator that of its ConfigMap,
/// whatever it has now.
fn gets_address(case: &Case, node: &CalicoNode) -> bool {
    let may_be_there = case.snapshot.services_endpoint.failure().is_some();
    if !node.is_of_operator() || may_be_there {
        return has_address(case);
    }
    (knows_bootstrap(case) && bootstraps(case))
        || by_config_map(case).is_some_and(|host| !is_of_service(case, host))
}
