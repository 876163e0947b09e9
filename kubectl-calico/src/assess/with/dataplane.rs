//! The data plane, once the operator has applied that of an Installation to Felix, and to kube-proxy if it
//! manages that.
//! Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go and
//! pkg/controller/kubeproxy/controller.go.

use calico_core::operator::OperatorVersion;
use k8s_openapi::api::apps::v1::{DaemonSet, DaemonSetStatus};

use super::origins::Origins;
use crate::assess::check::Case;
use crate::facts::Facts;
use crate::facts::dataplane::Dataplane;
use crate::snapshot::{ObjectRef, Reading, Snapshot};
use crate::views::kube_proxy;
use crate::views::objects::setting;

/// The label that no node has, with which the operator keeps kube-proxy off all of them.
const DISABLED: &str = "operator.tigera.io/disable-kube-proxy";

/// Makes Felix follow the Installation, if that requests another data plane than the one of the cluster; and
/// then kube-proxy. Returns what the operator does to them, as clauses.
pub(super) fn follow(
    overlaid: &mut Snapshot,
    before: &Case,
    facts: &Facts,
    origins: &mut Origins,
) -> Vec<String> {
    let mut actions = Vec::new();
    let cluster = before.snapshot;
    let operator = facts.install.operator.value();
    let operator: Option<OperatorVersion> = operator.and_then(|version| version.parse().ok());
    let since = |minor| operator.is_none_or(|operator| operator.since(minor));
    let wanted = setting(overlaid, "linuxDataplane");
    if let Some(wanted) =
        wanted.filter(|it| setting(cluster, "linuxDataplane").as_ref() != Some(it))
    {
        let nftables = match wanted.as_str() {
            "Nftables" if since(42) => "Auto",
            "Nftables" => "Enabled",
            "BPF" if since(42) => "Enabled",
            _ => "Disabled",
        };
        let now = match (wanted.as_str(), nftables) {
            ("BPF", _) => Dataplane::Bpf,
            ("VPP", _) => Dataplane::Vpp,
            (_, "Auto") => Dataplane::Auto,
            (_, "Enabled") => Dataplane::Nftables,
            _ => Dataplane::Iptables,
        };
        if let Some(was) = before.facts.dataplane.value().filter(|was| **was != now) {
            actions.push(if now == Dataplane::Auto {
                "sets the data plane to nftables or iptables, whichever kube-proxy uses on the node; connections can \
                 break where it changes"
                    .to_owned()
            } else {
                format!(
                    "changes the data plane from {} to {}, node by node; connections can break during the change",
                    was.name(),
                    now.name()
                )
            });
        }
        set_felix(overlaid, &wanted, nftables, origins);
        let requires_mode = nftables == "Enabled" && wanted == "Nftables";
        let is_unknown = kube_proxy::mode(overlaid).is_none();
        if requires_mode && is_unknown && kube_proxy::is_scheduled(overlaid) {
            origins.assume(
                "kube-proxy is in nftables mode, which Nftables requires before Calico 3.32",
            );
        }
    }
    let manages = setting(overlaid, "kubeProxyManagement").as_deref() == Some("Enabled");
    if manages && since(40) {
        let action = manage_kube_proxy(overlaid, origins);
        actions.extend(action.map(str::to_owned));
    }
    actions
}

fn set_felix(overlaid: &mut Snapshot, wanted: &str, nftables: &str, origins: &mut Origins) {
    let Reading::Read(configurations) = &mut overlaid.felix_configurations else {
        return;
    };
    let mut configurations = configurations.iter_mut();
    if let Some(felix) = configurations.find(|felix| felix.metadata.name == "default") {
        felix.spec.bpf_enabled = Some(wanted == "BPF");
        felix.spec.nftables_mode = Some(nftables.to_owned());
        origins.take(
            &ObjectRef::named("FelixConfiguration", "default"),
            &["spec.bpfEnabled", "spec.nftablesMode"],
            "spec.calicoNetwork.linuxDataplane",
            wanted,
        );
    }
}

/// Turns kube-proxy off with eBPF, and on again without.
fn manage_kube_proxy(overlaid: &mut Snapshot, origins: &mut Origins) -> Option<&'static str> {
    let bpf = overlaid
        .felix_configurations
        .items()
        .iter()
        .find(|felix| felix.metadata.name == "default")
        .is_some_and(|felix| felix.spec.bpf_enabled == Some(true));
    let was = kube_proxy::is_scheduled(overlaid);
    let Reading::Read(sets) = &mut overlaid.daemon_sets else {
        return None;
    };
    let set = sets
        .iter_mut()
        .find(|set| set.metadata.name.as_deref() == Some("kube-proxy"))?;
    let is_changed = if bpf {
        selector(set)?.insert(DISABLED.to_owned(), "true".to_owned());
        set.status = Some(DaemonSetStatus {
            observed_generation: set
                .status
                .as_ref()
                .and_then(|it| it.observed_generation)
                .or(Some(1)),
            ..DaemonSetStatus::default()
        });
        was
    } else {
        let is_disabled = selector(set)?.remove(DISABLED).is_some();
        if is_disabled {
            // Its controller has yet to count the nodes.
            set.status = None;
        }
        is_disabled
    };
    if !is_changed {
        return None;
    }
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    origins.take(
        &object,
        &["spec.template.spec.nodeSelector"],
        "spec.calicoNetwork.kubeProxyManagement",
        "Enabled",
    );
    Some(if bpf {
        "turns kube-proxy off once eBPF is on (kubeProxyManagement)"
    } else {
        "turns kube-proxy on again (kubeProxyManagement)"
    })
}

fn selector(set: &mut DaemonSet) -> Option<&mut std::collections::BTreeMap<String, String>> {
    let pod = set.spec.as_mut()?.template.spec.as_mut()?;
    Some(pod.node_selector.get_or_insert_default())
}
