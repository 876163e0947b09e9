//! Whether kube-proxy is ready on the nodes.

use calico_core::catalog::Entry;

use super::other_plugins;
use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::advice::pod_commands;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::dataplane::Dataplane;
use crate::phrases::{counted, few, pasted_names};
use crate::snapshot::resources::{
    DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY_COMPONENTS, KUBE_PROXY_CONTAINER,
    KUBE_PROXY_PODS, NODES,
};
use crate::snapshot::{Node, ObjectRef, Pod, PodName, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::kube_proxy::Unready;
use crate::views::rolling_update::{stopped, take_replaced};
use crate::views::{joining, kube_proxy, pods};

pub(crate) const PROXY_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL319",
        title: "kube-proxy is not ready on some nodes",
        meaning: "kube-proxy, which implements Services, is not ready on all of its nodes.",
        impact: "Rules that kube-proxy wrote before remain, but no change of a Service or of its pods is applied. On a \
                 node that it has never started on, no Service works, and Calico does not reach the API server.",
        criteria: "kube-proxy's pods count: those of its DaemonSet, or static pods, as kOps, GKE and RKE2 run \
                   them. With more than 250 nodes, its pods are read only if the DaemonSet counts fewer ready \
                   pods than nodes, or if no kube-controller-manager is ready that would count them. Where \
                   fewer pods were read than the DaemonSet wants, its counts decide. What k3s and MicroK8s run \
                   in a process of their own cannot be seen. Nodes whose kubelets do not respond, those that \
                   joined less than three minutes ago and on which nothing fails, virtual nodes, and during a \
                   rollout as many as it may stop at a time, do not count. It is not reported with eBPF, or \
                   alongside a plugin that replaces kube-proxy.\n\
                   - Error: kube-proxy is ready on no node, or calico-node is not ready either on such a \
                   node.\n\
                   - Warning: it is not ready on some nodes; or the files show no time, and these nodes may \
                   have just joined.",
        fix: "Read its log: usually its configuration (the ConfigMap kube-proxy) has an error, the kernel lacks what its \
              mode requires, or it cannot reach the API server.",
        source: "Kubernetes documentation, Virtual IPs and Service Proxies; kubernetes/kops, RKE2 and GKE documentation, \
                 static pods",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    // Nodes that are down or that have just joined, and pods that have become ready since they were counted.
    excuses: &[&NODES, &KUBE_PROXY_PODS, &KUBE_PROXY_COMPONENTS],
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
    let mut unready = kube_proxy::unready(snapshot)?;
    let by_pods = !unready.pods.is_empty();
    if by_pods {
        unready.pods.retain(|pod| !is_excused(snapshot, pod));
        if let Some(set) = unready.set {
            take_replaced(set, unready.wanted, &mut unready.pods);
        }
        if unready.pods.is_empty() {
            return None;
        }
    } else if missing(snapshot, &unready) == 0 {
        return None;
    }
    let without_services = unready
        .pods
        .iter()
        .any(|pod| is_without_calico_node(snapshot, &pod.spec.node_name));
    let object = match (unready.set, unready.pods.first()) {
        (Some(set), _) => ObjectRef::of_object("DaemonSet", &set.metadata),
        (None, pod) => pods::object(pod?),
    };
    let severity = if unready.ready == 0 || without_services {
        Severity::Error
    } else {
        Severity::Warning
    };
    let nodes: Vec<&str> = unready.pods.iter().map(|pod| pods::place(pod)).collect();
    let wanted = counted(unready.wanted, "node");
    let message = match unready.ready {
        0 => format!("kube-proxy is ready on none of {wanted}"),
        ready if by_pods => format!(
            "kube-proxy is ready on only {ready} of {wanted}, not on {}",
            few(&nodes)
        ),
        ready => format!("kube-proxy is ready on only {ready} of {wanted}"),
    };
    let finding = Finding::new(&PROXY_NOT_READY.entry, severity, &object, message);
    let finding = with_evidence(finding, &unready, &object)
        .impact(if without_services {
            "no Service works on a node where it has not started, and Calico does not reach the API server there; \
             elsewhere, no change of a Service is applied"
        } else {
            "no change of a Service reaches a node without it; once such a node restarts, no Service works there, \
             and Calico does not reach the API server"
        })
        .fix("fix what its log reports")
        .paste(commands(snapshot, &unready));
    let finding = if without_services {
        finding.fix(
            "if both kube-proxy and calico-node crash on a node, and their logs show no error, the node is at fault: most \
             often, the kubelet and the container runtime use different cgroup drivers (cgroupDriver of the kubelet, \
             SystemdCgroup of containerd)",
        )
    } else {
        finding
    };
    let finding = match unready.contradicted() {
        Some(status) => finding.fix(format!(
            "the DaemonSet counts {} ready pods, and its pods show fewer: if that stays so, kube-controller-manager no longer \
             counts them. Read its log, too",
            status.number_ready
        )),
        None => finding,
    };
    Some(perhaps_new(finding, may_be_new(snapshot, &unready)))
}

/// Whether a pod that is not ready need not be: its node is down or has just joined.
fn is_excused(snapshot: &Snapshot, pod: &Pod) -> bool {
    let node = named(snapshot, &pod.spec.node_name);
    node.is_some_and(|node| {
        node.is_silent()
            || node.is_virtual()
            || (joining::is_young(snapshot, node) && joining::is_starting(pod))
    })
}

/// How many pods are missing by the counts of the DaemonSet, without those that need not be ready.
fn missing(snapshot: &Snapshot, unready: &Unready) -> usize {
    let is_excused = |node: &&Node| {
        let is_down = node.is_silent() || joining::is_young(snapshot, node);
        node.is_linux() && (is_down || node.is_virtual())
    };
    let excused = snapshot.nodes.items().iter().filter(is_excused).count();
    let replaced = unready.set.map_or(0, |set| stopped(set, unready.wanted));
    (unready.wanted - unready.ready).saturating_sub(excused + replaced)
}

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Node> {
    let mut nodes = snapshot.nodes.items().iter();
    nodes.find(|node| node.metadata.name == name)
}

/// Whether calico-node is not ready on a node.
fn is_without_calico_node(snapshot: &Snapshot, node: &str) -> bool {
    let agents = CalicoNode::all(snapshot);
    agents
        .iter()
        .flat_map(|agent| pods::of(snapshot, &agent.set.metadata, agent.selector()))
        .any(|pod| pod.spec.node_name == node && !pod.is_ready())
}

/// Whether all of these nodes may have just joined, as far as files without a time show.
fn may_be_new(snapshot: &Snapshot, unready: &Unready) -> bool {
    let nodes = || snapshot.nodes.items().iter();
    let is_fine = |node: &&Node| !unready.is_on(&node.metadata.name);
    let is_new = |node: &Node| joining::may_be_new(snapshot, node, nodes().filter(is_fine));
    let mut pods = unready.pods.iter();
    if unready.pods.is_empty() {
        let newest = nodes().max_by_key(|node| {
            let created = node.metadata.creation_timestamp.as_ref();
            created.map(|created| created.0)
        });
        let others = |newest: &Node| {
            let name = newest.metadata.name.clone();
            nodes().filter(move |node| node.metadata.name != name)
        };
        return unready.wanted - unready.ready == 1
            && newest.is_some_and(|node| joining::may_be_new(snapshot, node, others(node)));
    }
    pods.all(|pod| {
        let node = named(snapshot, &pod.spec.node_name);
        joining::is_starting(pod) && node.is_some_and(is_new)
    })
}

fn with_evidence(finding: Finding, unready: &Unready, object: &ObjectRef) -> Finding {
    let finding = finding.for_few(unready.pods.iter(), |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why_there(pod))
    });
    match unready.set.and_then(|set| set.status.as_ref()) {
        Some(status) => finding
            .evidence(object, "status.numberReady", status.number_ready)
            .evidence(
                object,
                "status.desiredNumberScheduled",
                status.desired_number_scheduled,
            ),
        None => finding,
    }
}

/// Shows its pods, and the log of one that is not ready.
fn commands(snapshot: &Snapshot, unready: &Unready) -> String {
    if let Some(pod) = unready.pods.first() {
        let ended_before = pod.statuses().any(|it| it.restart_count > 0);
        let previous = if ended_before { " --previous" } else { "" };
        let log = pod_commands::log(&PodName::of(&pod.metadata), KUBE_PROXY_CONTAINER);
        return format!("{}\n{log} --tail=50{previous}", kube_proxy::list(snapshot));
    }
    let Some(set) = unready.set else {
        return kube_proxy::list(snapshot);
    };
    let (namespace, name) = pasted_names(&set.metadata);
    format!(
        "kubectl get pods -n {namespace} -o wide | grep {name}-\n\
         kubectl logs -n {namespace} daemonset/{name} --tail=50"
    )
}
