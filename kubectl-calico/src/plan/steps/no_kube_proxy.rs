//! What comes before an install where nothing implements Services: the operator reaches the API server through its
//! Service, and creates nothing until it does.
//!
//! Source: Calico's documentation (3.32), Install in eBPF mode; rancher/rke2#8006.

use crate::assess::advice::install_kube_proxy::INSTALL_KUBE_PROXY;
use crate::assess::advice::services_endpoint;
use crate::assess::check::Case;
use crate::assess::checks::other_plugins::{CILIUM, others};
use crate::facts::platform::Platform;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::repair::installation_settings::lacks_kube_proxy;
use crate::repair::step::either;
use crate::views::objects::operator_deployment;

/// Either kube-proxy, or the address of the API server, with which a further plan is for eBPF.
pub(super) fn first(inputs: &Inputs) -> Option<Vec<Step>> {
    let (snapshot, facts) = (inputs.snapshot, inputs.facts);
    let case = Case { snapshot, facts };
    let has_address = services_endpoint::by_config_map(&case).is_some()
        || snapshot.services_endpoint.failure().is_some();
    let operator = operator_deployment(snapshot);
    let status = operator.and_then(|operator| operator.status.as_ref());
    let reaches = status.is_some_and(|status| status.ready_replicas.is_some_and(|it| it > 0));
    let is_replaced = others(&case).any(|(_, plugin)| plugin == CILIUM);
    if !lacks_kube_proxy(snapshot, facts) || has_address || reaches || is_replaced {
        return None;
    }
    let platform = facts.cluster.platform.value().copied();
    let mut endpoint = Step::new(
        "for eBPF, which implements Services itself, create this ConfigMap, with the address of the API server or of its \
         load balancer, as nodes reach it, in place of HOST; then run kubectl calico plan again, which sets \
         linuxDataplane: BPF",
    );
    if operator.is_none() {
        endpoint = endpoint.run(format!(
            "kubectl create namespace {}",
            services_endpoint::operator_namespace(&case)
        ));
    }
    let endpoint = endpoint.run(services_endpoint::set(&case));
    Some(either([vec![kube_proxy(platform)], vec![endpoint]]))
}

fn kube_proxy(platform: Option<Platform>) -> Step {
    let install = |how: &str| {
        Step::new(format!(
            "install kube-proxy{how}, then run kubectl calico plan again: no kube-proxy was found, and without one, or \
             eBPF in its place, the operator does not reach the API server and installs nothing"
        ))
    };
    match platform {
        Some(Platform::Talos) => {
            install(" (cluster.proxy.disabled: false in the machine configuration)")
        }
        Some(Platform::Kind) => {
            install(" (create the cluster without networking.kubeProxyMode: none)")
        }
        _ => install("").run(INSTALL_KUBE_PROXY),
    }
}
