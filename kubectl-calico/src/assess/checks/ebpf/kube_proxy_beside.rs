//! kube-proxy alongside eBPF.

use calico_core::catalog::Entry;
use serde_json::json;

use super::{is_on, turned_on};
use crate::assess::advice::services_endpoint;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::repair::Step;
use crate::repair::installation_change::change_installation;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::resources::{
    CALICO_CONFIG, DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY, MANIFEST_SERVICES_ENDPOINT,
};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::CalicoNode;
use crate::views::felix::{Felix, KUBE_PROXY_CLEANUP, default_of};
use crate::views::objects::setting;
use crate::views::{kube_proxy, pods};

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

/// A kube-proxy that runs although eBPF is on.
struct KubeProxy {
    object: ObjectRef,
    form: Form,
    /// That Felix removes its rules.
    cleanup: Provenance,
    is_ipvs: bool,
}

/// What runs it.
enum Form {
    DaemonSet,
    /// A server of k3s or RKE2, with what would disable it.
    Server(Provenance),
    StaticPods,
}

fn kube_proxy_beside(case: &Case) -> Option<Finding> {
    let found = KubeProxy::of(case)?;
    let finding = found.evidence(case);
    if case.facts.cluster.is_managed() {
        Some(left_alone(case, finding))
    } else {
        found.turned_off(case, finding)
    }
}

impl KubeProxy {
    fn of(case: &Case) -> Option<Self> {
        let set = kube_proxy::daemon_set(case.snapshot);
        let server = kube_proxy::in_servers(case.snapshot).filter(|_| set.is_none());
        let cleanup = Felix::of(case.snapshot).get(&KUBE_PROXY_CLEANUP);
        if !is_on(case)
            || !(kube_proxy::is_scheduled(case.snapshot) || server.is_some())
            || cleanup.as_ref().is_some_and(|told| !told.value)
        {
            return None;
        }
        let (object, form) = match (set, server) {
            (Some(set), _) => (
                ObjectRef::of_object("DaemonSet", &set.metadata),
                Form::DaemonSet,
            ),
            (None, Some(server)) => {
                let disables = server.default_of(kube_proxy::DISABLE);
                (server.node, Form::Server(disables))
            }
            (None, None) => {
                let pods = kube_proxy::pods(case.snapshot);
                (pods::object(pods.first()?), Form::StaticPods)
            }
        };
        Some(Self {
            object,
            form,
            cleanup: cleanup.map_or_else(|| default_of(&KUBE_PROXY_CLEANUP), |told| told.from),
            is_ipvs: kube_proxy::is_ipvs(case.snapshot),
        })
    }

    fn evidence(&self, case: &Case) -> Finding {
        let (severity, mode) = if self.is_ipvs {
            (Severity::Warning, " in IPVS mode")
        } else {
            (Severity::Note, "")
        };
        let finding = Finding::new(
            &KUBE_PROXY_BESIDE.entry,
            severity,
            &self.object,
            format!("kube-proxy{mode} runs alongside the eBPF data plane"),
        );
        let finding = match &self.form {
            Form::Server(disables) => finding.read(disables, false),
            Form::DaemonSet | Form::StaticPods => finding.exists(&self.object),
        };
        let finding = turned_on(case, finding).read(&self.cleanup, true);
        if self.is_ipvs {
            finding
                .evidence(ObjectRef::config_map("kube-proxy"), "mode", "ipvs")
                .impact(
                    "kube-proxy keeps the addresses of Services on the interface kube-ipvs0: once it is off, nodes can \
                     lose all connections, SSH included, until they are rebooted",
                )
        } else {
            finding.impact(
                "Felix keeps removing the rules that kube-proxy writes; connections may break",
            )
        }
    }

    /// Turns kube-proxy off. Without it and without another address, calico-node loses the API server.
    fn turned_off(&self, case: &Case, finding: Finding) -> Option<Finding> {
        let node = CalicoNode::current(case.snapshot)?;
        let has_value = node.value(services_endpoint::HOST).is_some();
        let has_address = has_value || services_endpoint::has_address(case);
        let finding = if self.is_ipvs {
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
            with_address(case, &node, finding)
        };
        Some(match self.form {
            Form::DaemonSet => finding.fix("if you keep eBPF, turn kube-proxy off").paste(
                r#"kubectl patch daemonset -n kube-system kube-proxy -p '{"spec":{"template":{"spec":{"nodeSelector":{"non-calico":"true"}}}}}'"#,
            ),
            Form::Server(_) => finding.fix(
                "if you keep eBPF, turn kube-proxy off: set disable-kube-proxy: true in the configuration of all \
                 servers, and restart k3s or RKE2 on every node",
            ),
            Form::StaticPods => finding.fix(
                "if you keep eBPF, turn kube-proxy off: its pods are static, so change what writes their manifest to \
                 the nodes (kOps: spec.kubeProxy.enabled: false, and a rolling update)",
            ),
        })
    }
}

/// Lets Felix leave its rules alone, where the platform runs kube-proxy.
fn left_alone(case: &Case, finding: Finding) -> Finding {
    finding
        .in_manifest(
            "set bpfKubeProxyIptablesCleanupEnabled to false in the FelixConfiguration \
             default, as the platform manages kube-proxy",
        )
        .fix("have Felix leave kube-proxy's rules alone, as the platform manages kube-proxy")
        .paste(ResourceWriter::of(case.snapshot).patch_spec(
            resource_writer::FELIX_CONFIGURATIONS,
            "default",
            &json!({"bpfKubeProxyIptablesCleanupEnabled": false}),
        ))
}

/// Gives calico-node an address of the API server first.
fn with_address(case: &Case, node: &CalicoNode, finding: Finding) -> Finding {
    let set = if node.is_of_operator() {
        services_endpoint::set(case)
    } else {
        services_endpoint::set_in_manifest(case, node)
    };
    finding
        .fix(
            "give calico-node the address of the API server, or of its load balancer: replace \
             HOST with it, and 6443 if it listens on another port, and wait until all calico-node pods have been restarted and are ready",
        )
        .paste(set)
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
        change_installation(
            &case.facts.install,
            what,
            &json!({"calicoNetwork": {"kubeProxyManagement": "Disabled"}}),
        )
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
