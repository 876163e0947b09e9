//! Whether the eBPF data plane has what it needs.

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::advice::services_endpoint;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::dataplane::Dataplane;
use crate::facts::platform::Platform;
use crate::phrases::{MOST_NAMES, few};
use crate::repair::Step;
use crate::repair::kubectl::merge_installation_spec;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::resources::{
    CALICO_CONFIG, CALICO_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY,
    KUBE_PROXY_COMPONENTS, KUBE_PROXY_PODS, MANIFEST_SERVICES_ENDPOINT, NODES,
};
use crate::snapshot::{Node, ObjectRef, Pod};
use crate::views::calico_node::{CalicoNode, Variable};
use crate::views::container_failure::{ContainerFailure, container_failure};
use crate::views::felix::{Felix, KUBE_PROXY_CLEANUP, default_of};
use crate::views::objects::setting;
use crate::views::{kube_proxy, pods};

const SOURCE: &str = "projectcalico/calico v3.32.1, felix/bpf/bpf.go and felix/dataplane/driver.go; \
                      Calico documentation, Enable the eBPF data plane";

pub(crate) const KERNEL_TOO_OLD: Check = Check {
    entry: Entry {
        code: "CAL312",
        title: "a kernel is too old for eBPF",
        meaning: "The eBPF data plane is on, and a node has a kernel that it does not support.",
        impact: "Felix falls back to iptables on that node. If kube-proxy is gone, no Service works \
                 there.",
        criteria: "The kernel version that the kubelet reports is older than 5.3, or than 4.18.0-193 \
                   for Red Hat's. Newer releases of Calico recommend a newer kernel.",
        fix: "Upgrade the nodes' operating system, or turn eBPF off and bring kube-proxy back.",
        source: SOURCE,
    },
    needs: &[&NODES, &DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        if !is_on(case) {
            return Vec::new();
        }
        kernel_too_old(case).into_iter().collect()
    },
};

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
                   kubeadm, k3s or RKE2 with neither eBPF nor kube-proxy also counts. Platforms that \
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
    find: |case| no_api_address(case).into_iter().collect(),
};

pub(crate) const KUBE_PROXY_BESIDE: Check = Check {
    entry: Entry {
        code: "CAL314",
        title: "kube-proxy runs alongside eBPF",
        meaning: "The eBPF data plane implements Services, and kube-proxy still runs on the nodes.",
        impact: "Felix removes kube-proxy's rules, and kube-proxy writes them again: both use CPU, \
                 and connections may break. With nftables or IPVS, rules of both remain.",
        criteria: "The kube-proxy DaemonSet is scheduled to nodes, or kube-proxy has static pods, or a server \
                   of k3s or RKE2 runs without --disable-kube-proxy; eBPF is on, and \
                   bpfKubeProxyIptablesCleanupEnabled is not false. On platforms that manage kube-proxy and do \
                   not let you turn it off, it must be false. The finding is a note, because Services work; a \
                   warning, if mode in the ConfigMap kube-proxy is ipvs.",
        fix: "Turn kube-proxy off, or set bpfKubeProxyIptablesCleanupEnabled to false where that is \
              impossible. In IPVS mode, change kube-proxy to iptables and reboot the nodes first: \
              otherwise the addresses of Services stay on their interface kube-ipvs0, and nodes can \
              lose all connections.",
        source: "projectcalico/calico v3.32.1, felix/bpf/bpf.go and felix/dataplane/driver.go; \
                 Calico documentation, Enable the eBPF data plane; projectcalico/calico#12476; \
                 kubernetes-sigs/kubespray#12116",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    // The address that calico-node of a manifest takes from it, and the mode of kube-proxy.
    excuses: &[&CALICO_CONFIG, &MANIFEST_SERVICES_ENDPOINT, &KUBE_PROXY],
    judges: Judges::Following,
    find: |case| kube_proxy_beside(case).into_iter().collect(),
};

/// Installs the kube-proxy of kubeadm.
pub(crate) const INSTALL_KUBE_PROXY: &str = "# on a control plane node\n\
    kubectl --kubeconfig /etc/kubernetes/admin.conf get configmap \\\n  \
    -n kube-system kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' \\\n  \
    > kubeadm-config.yaml\n\
    kubeadm init phase addon kube-proxy --config kubeadm-config.yaml";

/// Adds what turns eBPF on.
fn turned_on(case: &Case, finding: Finding) -> Finding {
    match case.facts.dataplane.from().first().filter(|_| is_on(case)) {
        Some(from) => finding.read(from, true),
        None => finding,
    }
}

fn is_on(case: &Case) -> bool {
    case.facts.dataplane.value() == Some(&Dataplane::Bpf)
}

fn kernel_too_old(case: &Case) -> Option<Finding> {
    let nodes = case.snapshot.nodes.items().iter();
    let old: Vec<&Node> = nodes
        .filter(|node| node.is_linux() && is_too_old(&node.status.node_info.kernel_version))
        .collect();
    let first = old.first()?;
    let names: Vec<&str> = old.iter().map(|node| node.metadata.name.as_str()).collect();
    let finding = Finding::error(
        &KERNEL_TOO_OLD.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("the kernel is too old for eBPF on {}", few(&names)),
    );
    let finding = old.iter().take(MOST_NAMES).fold(finding, |finding, node| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "status.nodeInfo.kernelVersion",
            &node.status.node_info.kernel_version,
        )
    });
    let without_proxy = !kube_proxy::is_scheduled(case.snapshot);
    Some(
        turned_on(case, finding)
            .in_manifest(
                "leave eBPF off in the manifests, or upgrade these nodes to kernel 5.10 or later \
                 before applying them",
            )
            .impact(if without_proxy {
                "Felix falls back to iptables there, and without kube-proxy no Service works"
            } else {
                "Felix falls back to iptables there"
            })
            .fix(if without_proxy {
                "upgrade these nodes to kernel 5.10 or later; to turn eBPF off instead, bring \
                 kube-proxy back first"
            } else {
                "upgrade these nodes to kernel 5.10 or later, or turn eBPF off"
            })
            .paste("kubectl get nodes -o wide"),
    )
}

/// Whether Felix refuses a kernel. A version that cannot be read is not judged.
fn is_too_old(version: &str) -> bool {
    let (numbers, build) = version.split_once('-').unwrap_or((version, ""));
    let mut numbers = numbers
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else {
        return false;
    };
    // Red Hat's 4.18 has what is needed from its build 193 on.
    let build = build
        .split('.')
        .next()
        .and_then(|build| build.parse::<u32>().ok());
    let red_hat = version.contains(".el") && (major, minor) == (4, 18);
    (major, minor) < (5, 3) && !(red_hat && build.is_some_and(|build| build >= 193))
}

fn no_api_address(case: &Case) -> Option<Finding> {
    let node = CalicoNode::current(case.snapshot)?;
    let platform = case.facts.cluster.platform.value();
    let disabled = kube_proxy::disabled(case.snapshot);
    let elsewhere = disabled.is_none() && platform.is_some_and(|it| it.implements_services());
    let is_kubeadm_without = platform == Some(&Platform::Kubeadm)
        && case.snapshot.kube_proxy.read().is_none()
        && case.snapshot.kube_proxy.unknown().is_none();
    let is_replaced =
        super::other_plugins::is_there(case) || kube_proxy::is_replaced(case.snapshot);
    let without_services =
        is_on(case) || (!is_replaced && (is_kubeadm_without || disabled.is_some()));
    let unready = without_api(case, &node)?;
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
    let finding = Finding::error(
        &NO_API_ADDRESS.entry,
        node.object(),
        "no kube-proxy runs, and calico-node does not have the address of the API server",
    );
    let finding = turned_on(case, finding);
    let finding = match &disabled {
        Some(from) => finding.read(from, true),
        None => finding.evidence(ObjectRef::all("DaemonSet"), "pods of kube-proxy", 0),
    };
    let finding = finding.evidence(
        node.object(),
        format!("env {}", services_endpoint::HOST),
        if is_of_service { host } else { "not set" },
    );
    let misplaced = services_endpoint::misplaced(case);
    let finding = match &misplaced {
        Some(found) => finding.read(&found.from, found.host),
        None => finding,
    };
    let finding = finding
        .evidence(pods::object(unready), "status", pods::why(unready))
        .impact("Calico's pods cannot reach the API server through its Service; no Service works");
    Some(if !is_on(case) && disabled.is_some() {
        finding.fix(
            "remove disable-kube-proxy from the configuration of all servers and restart them, or turn \
             on eBPF with the address of the API server",
        )
    } else if !is_on(case) {
        finding
            .fix("install kube-proxy, or turn on eBPF with the address of the API server")
            .paste(INSTALL_KUBE_PROXY)
    } else if let Some(found) = misplaced {
        finding
            .fix(format!(
                "create the ConfigMap in the namespace in which the operator reads it, with the address \
                 that {} has; the operator then restarts calico-node, which does not start with a \
                 wrong address",
                found.from.object
            ))
            .paste(services_endpoint::set(case))
    } else if node.is_of_operator() {
        finding
            .fix(
                "create the ConfigMap with the address of the API server, or of its load \
                 balancer, in place of HOST; the operator then restarts calico-node, which does \
                 not start with a wrong address",
            )
            .paste(services_endpoint::set(case))
    } else {
        finding
            .fix(
                "replace HOST with the address of the API server, or of its load balancer, \
                 and restart calico-node",
            )
            .paste(format!(
                "{}\nkubectl rollout restart -n kube-system deployment/calico-kube-controllers",
                services_endpoint::set_in_manifest(case, &node)
            ))
    })
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

fn kube_proxy_beside(case: &Case) -> Option<Finding> {
    let set = kube_proxy::daemon_set(case.snapshot);
    let server = kube_proxy::in_servers(case.snapshot).filter(|_| set.is_none());
    let cleanup = Felix::of(case.snapshot).get(&KUBE_PROXY_CLEANUP);
    if !is_on(case)
        || !(kube_proxy::is_scheduled(case.snapshot) || server.is_some())
        || cleanup.as_ref().is_some_and(|told| !told.value)
    {
        return None;
    }
    let object = match (set, &server) {
        (Some(set), _) => ObjectRef::of_object("DaemonSet", &set.metadata),
        (None, Some(server)) => server.node.clone(),
        (None, None) => pods::object(kube_proxy::pods(case.snapshot).first()?),
    };
    let from = cleanup.map_or_else(|| default_of(&KUBE_PROXY_CLEANUP), |told| told.from);
    let managed = case.facts.cluster.is_managed();
    let ipvs = kube_proxy::is_ipvs(case.snapshot);
    let (severity, mode) = if ipvs {
        (Severity::Warning, " in IPVS mode")
    } else {
        (Severity::Note, "")
    };
    let finding = Finding::new(
        &KUBE_PROXY_BESIDE.entry,
        severity,
        &object,
        format!("kube-proxy{mode} runs alongside the eBPF data plane"),
    );
    let finding = match &server {
        Some(server) => finding.read(&server.default_of(kube_proxy::DISABLE), false),
        None => finding.exists(object),
    };
    let finding = turned_on(case, finding).read(&from, true);
    let finding = if ipvs {
        finding
            .evidence(ObjectRef::config_map("kube-proxy"), "mode", "ipvs")
            .impact(
                "kube-proxy keeps the addresses of Services on the interface kube-ipvs0: once it is off, nodes can \
                 lose all connections, SSH included, until they are rebooted",
            )
    } else {
        finding
            .impact("Felix keeps removing the rules that kube-proxy writes; connections may break")
    };
    if managed {
        return Some(
            finding
                .in_manifest(
                    "set bpfKubeProxyIptablesCleanupEnabled to false in the FelixConfiguration \
                     default, as the platform manages kube-proxy",
                )
                .fix(
                    "have Felix leave kube-proxy's rules alone, as the platform manages kube-proxy",
                )
                .paste(ResourceWriter::of(case.snapshot).patch_spec(
                    resource_writer::FELIX_CONFIGURATIONS,
                    "default",
                    &json!({"bpfKubeProxyIptablesCleanupEnabled": false}),
                )),
        );
    }
    // Without kube-proxy and without another address, calico-node loses the API server.
    let node = CalicoNode::current(case.snapshot)?;
    let has_value = node.value(services_endpoint::HOST).is_some();
    let has_address = has_value || services_endpoint::has_address(case);
    let finding = if ipvs {
        finding
            .in_manifest(IPVS_FIRST)
            .fixed_by_all(leave_ipvs(case))
    } else if has_address {
        finding.in_manifest("once eBPF is on, turn kube-proxy off")
    } else {
        finding.in_manifest(format!(
            "give calico-node the address of the API server, or of its load balancer, in {}; once \
             eBPF is on and all calico-node pods are ready, turn kube-proxy off",
            services_endpoint::config_map(case, &node)
        ))
    };
    let finding = if has_address {
        finding
    } else {
        let set = if node.is_of_operator() {
            services_endpoint::set(case)
        } else {
            services_endpoint::set_in_manifest(case, &node)
        };
        finding
            .fix(
                "give calico-node the address of the API server, or of its load balancer: replace \
                 HOST with it, and wait until all calico-node pods have been restarted and are ready",
            )
            .paste(set)
    };
    if set.is_none() {
        return Some(finding.fix(turned_off_on_nodes(server.is_some())));
    }
    Some(finding.fix("if you keep eBPF, turn kube-proxy off").paste(
        r#"kubectl patch daemonset -n kube-system kube-proxy -p '{"spec":{"template":{"spec":{"nodeSelector":{"non-calico":"true"}}}}}'"#,
    ))
}

/// How kube-proxy is turned off that is no DaemonSet.
fn turned_off_on_nodes(by_servers: bool) -> &'static str {
    if by_servers {
        "if you keep eBPF, turn kube-proxy off: set disable-kube-proxy: true in the configuration of all \
         servers, and restart k3s or RKE2 on every node"
    } else {
        "if you keep eBPF, turn kube-proxy off: its pods are static, so change what writes their manifest to \
         the nodes (kOps: spec.kubeProxy.enabled: false, and a rolling update)"
    }
}

/// What comes before eBPF where kube-proxy is in IPVS mode.
pub(crate) const IPVS_FIRST: &str = "before eBPF is turned on, set kube-proxy's mode to iptables, restart it, and reboot \
                                     the nodes one after the other, which removes kube-ipvs0";

/// Takes kube-proxy out of IPVS mode, and clears its rules from the nodes. Felix removes those of the mode iptables
/// itself. The operator would turn kube-proxy off as soon as eBPF is on.
/// Source: Calico documentation, Enable the eBPF data plane; tigera/operator v1.42.3,
/// pkg/controller/kubeproxy/controller.go.
fn leave_ipvs(case: &Case) -> Vec<Step> {
    let managed = setting(case.snapshot, "kubeProxyManagement").as_deref() == Some("Enabled");
    let keep = managed.then(|| {
        let what = "keep the operator from turning kube-proxy off until the next steps are done";
        Step::new(case.facts.install.lasting(what)).run(merge_installation_spec(
            &json!({"calicoNetwork": {"kubeProxyManagement": "Disabled"}}),
        ))
    });
    let change =
        Step::new("set mode: iptables in the kube-proxy ConfigMap, and restart kube-proxy").run(
            "kubectl edit configmaps -n kube-system kube-proxy\n\
         kubectl rollout restart -n kube-system daemonset/kube-proxy",
        );
    let reboot = Step::new(
        "drain and reboot the nodes, one after the other: kube-ipvs0 and the rules of IPVS stay until then",
    );
    keep.into_iter().chain([change, reboot]).collect()
}

#[cfg(test)]
mod tests {
    use super::is_too_old;

    #[test]
    fn kernels_are_compared_as_felix_does() {
        for (version, old) in [
            ("3.10.0-1160.el7.x86_64", true),
            ("4.18.0-80.el8.x86_64", true),
            ("4.18.0-513.el8.x86_64", false),
            ("4.19.0-21-amd64", true),
            ("5.4.0-1103-azure", false),
            ("6.8.0", false),
            ("", false),
        ] {
            assert_eq!(is_too_old(version), old, "{version}");
        }
    }
}
