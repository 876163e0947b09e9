//! Whether kube-proxy is ready on the nodes.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::other_plugins;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::dataplane::Dataplane;
use crate::phrases::{counted, pasted_names};
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::{joining, kube_proxy};

pub(crate) const PROXY_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL319",
        title: "kube-proxy is not ready on some nodes",
        meaning: "The DaemonSet kube-proxy, which implements Services, is not ready on all of its nodes.",
        impact: "Rules that kube-proxy wrote before remain, but no change of a Service or of its pods is applied. On a \
                 node that it has never started on, no Service works, and Calico does not reach the API server.",
        criteria: "The DaemonSet counts fewer ready pods than nodes, without those whose kubelets do not respond, those \
                   that joined less than three minutes ago, virtual nodes, and during a rollout as many as it may \
                   stop at a time. The finding is an error if \
                   kube-proxy is ready on no node. It is not reported with eBPF, or beside a plugin that replaces \
                   kube-proxy.",
        fix: "Read its log: usually its configuration (the ConfigMap kube-proxy) has an error, the kernel lacks what its \
              mode requires, or it cannot reach the API server.",
        source: "Kubernetes documentation, Virtual IPs and Service Proxies",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    // Nodes that are down or that have just joined.
    excuses: &[&NODES],
    judges: Judges::Running,
    find: |case| not_ready(case).into_iter().collect(),
};

fn not_ready(case: &Case) -> Option<Finding> {
    let snapshot = case.snapshot;
    CalicoNode::current(snapshot)?;
    let is_replaced = kube_proxy::is_replaced(snapshot) || other_plugins::is_there(case);
    if case.facts.dataplane.value() == Some(&Dataplane::Bpf) || is_replaced {
        return None;
    }
    let (set, ready, desired) = kube_proxy::unready(snapshot)?;
    let status = set.status.as_ref()?;
    let is_excused = |node: &&Node| {
        let is_down = node.is_silent() || joining::is_young(snapshot, node);
        node.is_linux() && (is_down || node.is_virtual())
    };
    let excused = snapshot.nodes.items().iter().filter(is_excused).count();
    let is_rolling = status.updated_number_scheduled.unwrap_or_default() < desired && ready > 0;
    let unready = usize::try_from(desired - ready).ok()?;
    let replaced = if is_rolling {
        may_be_down(set, desired)
    } else {
        0
    };
    let unready = unready.saturating_sub(excused + replaced);
    if unready == 0 {
        return None;
    }
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    let nodes = counted(usize::try_from(desired).ok()?, "node");
    let finding = match ready {
        0 => Finding::error(
            &PROXY_NOT_READY.entry,
            &object,
            format!("kube-proxy is ready on none of {nodes}"),
        ),
        ready => Finding::warning(
            &PROXY_NOT_READY.entry,
            &object,
            format!("kube-proxy is ready on only {ready} of {nodes}"),
        ),
    };
    let (namespace, name) = pasted_names(&set.metadata);
    Some(
        finding
            .evidence(&object, "status.numberReady", ready)
            .evidence(&object, "status.desiredNumberScheduled", desired)
            .impact(
                "no change of a Service reaches a node without it; once such a node restarts, no Service works there, \
                 and Calico does not reach the API server",
            )
            .fix("fix what its log reports")
            .paste(format!(
                "kubectl get pods -n {namespace} -o wide | grep {name}-\n\
                 kubectl logs -n {namespace} daemonset/{name} --tail=50"
            )),
    )
}

/// How many pods a rollout stops at a time: by default one. A percentage is rounded up.
/// Source: kubernetes v1.34, pkg/controller/daemon/update.go (`maxUnavailable`).
fn may_be_down(set: &DaemonSet, desired: i32) -> usize {
    let strategy = set
        .spec
        .as_ref()
        .and_then(|spec| spec.update_strategy.as_ref());
    let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    let most = match rolling.and_then(|rolling| rolling.max_unavailable.as_ref()) {
        Some(IntOrString::Int(count)) => i64::from(*count),
        Some(IntOrString::String(share)) => {
            let percent = share
                .strip_suffix('%')
                .and_then(|text| text.parse::<u32>().ok());
            percent.map_or(1, |percent| {
                (i64::from(desired) * i64::from(percent) + 99) / 100
            })
        }
        None => 1,
    };
    usize::try_from(most.max(1)).unwrap_or(1)
}
