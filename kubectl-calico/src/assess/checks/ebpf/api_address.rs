//! An address of the Kubernetes API server that works without Services.

use calico_core::catalog::Entry;

use super::{is_on, turned_on};
use crate::assess::advice::install_kube_proxy::INSTALL_KUBE_PROXY;
use crate::assess::advice::services_endpoint::{self, Misplaced};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::reporting::operator_restart;
use crate::assess::checks::{operator_without_api, other_plugins};
use crate::assess::finding::Finding;
use crate::facts::platform::Platform;
use crate::snapshot::resources::{
    CALICO_CONFIG, CALICO_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY_COMPONENTS,
    KUBE_PROXY_PODS, MANIFEST_SERVICES_ENDPOINT, NODES,
};
use crate::snapshot::{ObjectRef, Pod, Provenance};
use crate::views::calico_node::{CalicoNode, Variable};
use crate::views::container_failure::{ContainerFailure, container_failure};
use crate::views::{kube_proxy, pods};

pub(crate) const NO_API_ADDRESS: Check = Check {
    entry: Entry {
        code: "CAL313",
        title: "nothing implements Services while calico-node starts",
        meaning: "No kube-proxy runs, and calico-node has no other address of the Kubernetes API \
                  server than that of its Service.",
        impact: "calico-node cannot reach the API server, so it never gets to implement Services \
                 with eBPF. Calico's other pods have the same problem.",
        criteria: "All of these hold: kube-proxy has no pods, neither of a DaemonSet nor static ones; eBPF is on; no calico-node \
                   is ready, or a pod of Calico does not start; KUBERNETES_SERVICE_HOST of \
                   calico-node is unset, empty, or the address of a Service. A cluster of \
                   kubeadm, k3s or RKE2 with neither eBPF nor kube-proxy also counts, and so does an operator that \
                   fails in such a cluster before there is a calico-node. Platforms that \
                   run kube-proxy in another way (k3s, RKE2, k0s, MicroK8s) do not, unless a \
                   server's annotation k3s.io/node-args or rke2.io/node-args has \
                   --disable-kube-proxy.",
        fix: "Create the ConfigMap kubernetes-services-endpoint with the address of the API server \
              or of its load balancer, as nodes reach it; the operator then restarts calico-node. \
              The operator reads it in its own namespace only. In a manifest install, it belongs in \
              kube-system; calico-bpf.yaml has it in calico-config.",
        source: "Calico documentation, Enable the eBPF data plane; projectcalico/calico#8929; \
                 k3s documentation, k3s server (--disable-kube-proxy); rancher/rke2#9317",
    },
    needs: &[&DAEMON_SETS, &CALICO_PODS, &FELIX_CONFIGURATIONS],
    // The address that calico-node of a manifest takes from it, and a platform that runs kube-proxy in another way.
    excuses: &[
        &CALICO_CONFIG,
        &MANIFEST_SERVICES_ENDPOINT,
        &NODES,
        &KUBE_PROXY_PODS,
        &KUBE_PROXY_COMPONENTS,
    ],
    judges: Judges::Following,
    find: |case| {
        let of_operator = || operator_without_api::finding(&NO_API_ADDRESS.entry, case);
        let found = no_api_address(case).or_else(of_operator);
        found.into_iter().collect()
    },
};

/// A calico-node without the address.
struct Unaddressed<'a> {
    node: CalicoNode<'a>,
    /// A pod that waits for the API server.
    waiting: &'a Pod,
    /// The address of a Service that calico-node has instead.
    of_service: Option<&'a str>,
    /// The address in a ConfigMap that nothing reads.
    misplaced: Option<Misplaced<'a>>,
    /// What keeps kube-proxy from running on the servers of k3s and RKE2.
    disabled: Option<Provenance>,
}

fn no_api_address(case: &Case) -> Option<Finding> {
    let found = Unaddressed::of(case)?;
    let finding = found.evidence(case);
    Some(found.fix(case, finding))
}

impl<'a> Unaddressed<'a> {
    fn of(case: &Case<'a>) -> Option<Self> {
        let node = CalicoNode::current(case.snapshot)?;
        let platform = case.facts.cluster.platform.value();
        let disabled = kube_proxy::disabled(case.snapshot);
        let elsewhere = disabled.is_none() && platform.is_some_and(|it| it.implements_services());
        let is_kubeadm_without = platform == Some(&Platform::Kubeadm)
            && case.snapshot.kube_proxy.read().is_none()
            && case.snapshot.kube_proxy.unknown().is_none();
        let is_replaced = other_plugins::is_there(case) || kube_proxy::is_replaced(case.snapshot);
        let without_services =
            is_on(case) || (!is_replaced && (is_kubeadm_without || disabled.is_some()));
        let waiting = without_api(case, &node)?;
        let host = match node.variable(services_endpoint::HOST) {
            Variable::Set(host) => host,
            Variable::Unset => "",
            Variable::Unknown(_) => return None,
        };
        let is_of_service = services_endpoint::is_of_service(case, host);
        let known = (!host.is_empty() && !is_of_service) || services_endpoint::bootstraps(case);
        if elsewhere || known || !without_services || kube_proxy::is_scheduled(case.snapshot) {
            return None;
        }
        Some(Self {
            node,
            waiting,
            of_service: is_of_service.then_some(host),
            misplaced: services_endpoint::misplaced(case),
            disabled,
        })
    }

    fn evidence(&self, case: &Case) -> Finding {
        let finding = Finding::error(
            &NO_API_ADDRESS.entry,
            self.node.object(),
            "no kube-proxy runs, and calico-node does not have the address of the API server",
        );
        let finding = turned_on(case, finding);
        let finding = match &self.disabled {
            Some(from) => finding.read(from, true),
            None => finding.evidence(ObjectRef::all("DaemonSet"), "pods of kube-proxy", 0),
        };
        let finding = finding.evidence(
            self.node.object(),
            format!("env {}", services_endpoint::HOST),
            self.of_service.unwrap_or("not set"),
        );
        let finding = match &self.misplaced {
            Some(found) => finding.read(&found.from, found.host),
            None => finding,
        };
        finding
            .evidence(
                pods::object(self.waiting),
                "status",
                pods::why(self.waiting),
            )
            .impact(
                "Calico's pods cannot reach the API server through its Service; no Service works",
            )
    }

    fn fix(&self, case: &Case, finding: Finding) -> Finding {
        if !is_on(case) && self.disabled.is_some() {
            return finding.fix(
                "remove disable-kube-proxy from the configuration of all servers, and restart k3s or RKE2 on \
                 every node, servers first; or turn on eBPF with the address of the API server",
            );
        }
        if !is_on(case) {
            return finding
                .fix("install kube-proxy, or turn on eBPF with the address of the API server")
                .paste(INSTALL_KUBE_PROXY);
        }
        if let Some(found) = &self.misplaced {
            return finding
                .fix(format!(
                    "create the ConfigMap in the namespace in which the operator reads it, with the address \
                     that {} has; and restart the operator, which has no Services either. It then restarts \
                     calico-node, which does not start with a wrong address",
                    found.from.object
                ))
                .paste(services_endpoint::set(case))
                .paste(operator_restart(case.snapshot));
        }
        if self.node.is_of_operator() {
            return finding
                .fix(
                    "create the ConfigMap with the address of the API server, or of its load \
                     balancer, in place of HOST, and its port in place of 6443 if it listens on another one; \
                     and restart the operator, which has no Services either. It then restarts calico-node, \
                     which does not start with a wrong address or port",
                )
                .paste(services_endpoint::set(case))
                .paste(operator_restart(case.snapshot));
        }
        finding
            .fix(
                "replace HOST with the address of the API server, or of its load balancer, and 6443 if it \
                 listens on another port, and restart calico-node",
            )
            .paste(format!(
                "{}\nkubectl rollout restart -n kube-system deployment/calico-kube-controllers",
                services_endpoint::set_in_manifest(case, &self.node)
            ))
    }
}

/// A pod of Calico that may wait for the API server: any that is not ready, unless a calico-node is ready.
/// That one has reached it, and so has a pod that runs elsewhere and is only not ready; one that does not
/// start may be on a node on which Services were never implemented.
fn without_api<'a>(case: &Case<'a>, node: &CalicoNode<'a>) -> Option<&'a Pod> {
    let agents = pods::of(case.snapshot, &node.set.metadata, node.selector());
    if !agents.iter().any(|pod| pod.is_ready()) {
        return pods::wanted(case.snapshot).find(|pod| !pod.is_ready());
    }
    let mut unready = pods::wanted(case.snapshot).filter(|pod| !pod.is_ready());
    unready.find(|pod| {
        let fails = container_failure(pod).map(|(failure, _)| failure);
        let crashes = fails == Some(ContainerFailure::CrashLoop);
        crashes || (fails.is_none() && pod.unfinished_init_container().is_some())
    })
}
