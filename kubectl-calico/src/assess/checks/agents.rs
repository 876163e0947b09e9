//! Whether calico-node is ready on every node where it should run.

use super::{agent_counts, agents_replaced, windows_agents};
use crate::assess::advice::agent_advice::advised;
use crate::assess::advice::beside_kube_proxy::beside_kube_proxy;
use crate::assess::advice::impact::without_pods;
use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::{MOST_NAMES, counted, few, pasted_names};
use crate::snapshot::resources::DAEMON_SETS;
use crate::snapshot::{Node, ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::container_failure;
use crate::views::refusal::{self, REPLICA_FAILURE};
use crate::views::{joining, pods};
use calico_core::catalog::Entry;

pub(crate) const AGENT_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL501",
        title: "calico-node is not ready on some nodes",
        meaning: "On some nodes the calico-node pod is not ready, or does not exist.",
        impact: "While its containers do not run, new pods on the node get no network, and policies \
                 are no longer updated. If it runs and is only not ready, pods start, but routes to \
                 or from the node, or policies, may be missing.",
        criteria: "The DaemonSet's pods are counted, or its status if the pods cannot be read, or if it counts \
                   fewer ready ones. The fix depends on how far the pod is: not scheduled, a container that cannot \
                   be created, an init container, or running and not ready. In the last case, it names what else \
                   was found: a locked datastore, no ready Typha, wrong addresses of nodes, a silent node.\n\
                   - Error: calico-node is not ready, or has no pod, on a node.\n\
                   - Warning: none of these nodes' kubelets respond (their Ready condition is Unknown). calico-node \
                   is not the cause then. Or the file shows no time, the pod is in its init containers for the first \
                   time, and its node is the newest one.\n\
                   - Note: the node joined less than three minutes ago, calico-node is ready on an older one, and \
                   nothing shows that it fails on the new one. Snapshots contain the time for that; other files do \
                   not.\n\
                   - Note: a rollout has just replaced the pod, as one of those that it stops at a time; nothing shows that \
                   the pod fails, and a new pod is ready on another node. It is a warning at the first node of a rollout.\n\
                   - Reported as CAL502 or CAL503 instead: a container crash-loops, or its image cannot be pulled.",
        fix: "The pod's events contain the result of the readiness probe. \"BIRD is not ready: BGP \
              not established\" means that the wrong node address was detected (CAL510), that TCP \
              179 is blocked between nodes, or that all peers are down: after half a minute, one \
              established session is enough. If Felix is not ready, read its log and check that it \
              can reach Typha on TCP 5473.",
        source: "projectcalico/calico v3.32.1, node/pkg/health/health.go (checkBIRDReady); \
                 projectcalico/calico#8607, #3541, #2905, #2844",
    },
    needs: &[&DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let joining = joining::nodes(case.snapshot);
        let nodes = CalicoNode::all(case.snapshot);
        let found = nodes.iter().flat_map(|node| {
            [
                not_ready(case, node, &joining),
                replaced(case, node, &joining),
                without_pod(case, node, &joining),
                joined(case, node, &joining),
            ]
        });
        let windows = windows_agents::not_ready(&AGENT_NOT_READY.entry, case);
        found.flatten().chain(windows).collect()
    },
};

fn not_ready(case: &Case, node: &CalicoNode, joining: &[&Node]) -> Option<Finding> {
    if case.snapshot.calico_pods.unknown().is_some() {
        let why = "find the nodes where the pod is not ready; this report could not read the pods";
        return agent_counts::finding(&AGENT_NOT_READY.entry, case, node, why);
    }
    let agents = pods::of(case.snapshot, &node.set.metadata, node.selector());
    let mut unready = agents.clone();
    unready.retain(|pod| !pod.is_ready());
    if unready.is_empty() {
        return agent_counts::contradicting(&AGENT_NOT_READY.entry, case, node, agents.len());
    }
    unready.retain(|pod| container_failure(pod).is_none() && !joining::is_on(joining, pod));
    unready.sort_by_key(|pod| pods::place(pod));
    agents_replaced::take(case, node, &mut unready);
    // Events and logs need a kubelet that responds.
    let responding = unready
        .iter()
        .find(|pod| !pods::is_on_silent_node(case.snapshot, pod));
    let is_new = |pod: &&Pod| joining::may_be_starting(case.snapshot, &agents, pod);
    let may_be_starting = unready.iter().all(is_new);
    let severity = if responding.is_some() && !may_be_starting {
        Severity::Error
    } else {
        Severity::Warning
    };
    let first = responding.or_else(|| unready.first())?;
    // A node that is silent is one node's trouble, whatever the others wait for.
    let (silent, others): (Vec<&Pod>, Vec<&Pod>) = unready
        .iter()
        .partition(|pod| responding.is_some() && pods::is_on_silent_node(case.snapshot, pod));
    let others: Vec<&str> = others.iter().map(|pod| pods::place(pod)).collect();
    let silent: Vec<&str> = silent.iter().map(|pod| pods::place(pod)).collect();
    let mut message = format!(
        "calico-node is not ready on {}: {}",
        how_many(node, others.len()),
        few(&others)
    );
    if !silent.is_empty() {
        message.push_str(&format!(
            "; the kubelet does not respond on {}",
            few(&silent)
        ));
    }
    let mut finding = Finding::new(&AGENT_NOT_READY.entry, severity, node.object(), message);
    for pod in unready.iter().take(MOST_NAMES) {
        let why = if pods::is_on_silent_node(case.snapshot, pod) {
            "the node's kubelet does not respond".to_owned()
        } else {
            pods::why(pod)
        };
        let why = format!("{why} (on {})", pods::place(pod));
        finding = finding.evidence(pods::object(pod), "status", why);
    }
    let finding = beside_kube_proxy(case, finding, &others);
    Some(match severity {
        _ if may_be_starting => perhaps_new(advised(case, finding, first), true),
        Severity::Warning => finding
            .impact(without_pods(case, "calico-node"))
            .fix("restart the kubelets of these nodes, or delete Nodes that no longer exist")
            .paste("kubectl get nodes -o wide"),
        _ => advised(case, finding, first),
    })
}

/// Pods that a rolling update has just replaced.
fn replaced(case: &Case, node: &CalicoNode, joining: &[&Node]) -> Option<Finding> {
    let mut unready = pods::of(case.snapshot, &node.set.metadata, node.selector());
    unready.retain(|pod| !pod.is_ready() && !joining::is_on(joining, pod));
    unready.sort_by_key(|pod| pods::place(pod));
    let replaced = agents_replaced::take(case, node, &mut unready);
    agents_replaced::finding(&AGENT_NOT_READY.entry, case, node, &replaced)
}

/// `1 of 3 nodes`
fn how_many(node: &CalicoNode, count: usize) -> String {
    let desired = node.desired().and_then(|desired| desired.try_into().ok());
    match desired {
        Some(desired) => format!("{count} of {}", counted(desired, "node")),
        None => counted(count, "node"),
    }
}

/// Nodes for which the DaemonSet controller has not created a pod.
fn without_pod(case: &Case, node: &CalicoNode, joining: &[&Node]) -> Option<Finding> {
    let scheduled = u32::try_from(node.set.status.as_ref()?.current_number_scheduled).ok()?;
    let desired = node.desired()?;
    let missing = desired.checked_sub(scheduled)?;
    if usize::try_from(missing).ok()? <= joined_without_pod(case, node, joining).len() {
        return None;
    }
    let object = node.object();
    let meta = &node.set.metadata;
    let (namespace, name) = pasted_names(meta);
    let finding = Finding::error(
        &AGENT_NOT_READY.entry,
        &object,
        format!(
            "no calico-node pod on {missing} of {}",
            counted(usize::try_from(desired).ok()?, "node")
        ),
    )
    .evidence(&object, "status.currentNumberScheduled", scheduled)
    .evidence(&object, "status.desiredNumberScheduled", desired);
    let refused = refusal::in_namespace(case.snapshot, meta.namespace.as_deref()).into_iter();
    let finding = refused.fold(finding, |finding, (deployment, why)| {
        finding.evidence(deployment, REPLICA_FAILURE, why)
    });
    let finding = finding
        .impact(without_pods(case, "calico-node"))
        .fix(
            "check the DaemonSet's events to see why no pod is created, or check again in a minute",
        )
        .paste(format!("kubectl describe daemonsets -n {namespace} {name}"));
    Some(finding)
}

/// The nodes that have just joined, and for which there is no pod yet.
fn joined_without_pod<'a>(case: &Case, node: &CalicoNode, joining: &[&'a Node]) -> Vec<&'a Node> {
    let pods = pods::of(case.snapshot, &node.set.metadata, node.selector());
    let has_pod = |node: &Node| joining::has_pod(&pods, node);
    let joining = joining.iter().copied();
    joining
        .filter(|node| node.is_linux() && !has_pod(node))
        .collect()
}

/// Nodes that have joined just now. calico-node is starting there.
fn joined(case: &Case, node: &CalicoNode, joining: &[&Node]) -> Option<Finding> {
    let unready: Vec<&Pod> = pods::of(case.snapshot, &node.set.metadata, node.selector())
        .into_iter()
        .filter(|pod| !pod.is_ready())
        .collect();
    let status = node.set.status.as_ref()?;
    let lacks_pods = status.current_number_scheduled < status.desired_number_scheduled;
    let mut nodes: Vec<&Node> = joining.to_vec();
    nodes.retain(|node| joining::has_pod(&unready, node));
    if lacks_pods {
        nodes.extend(joined_without_pod(case, node, joining));
    }
    let first = nodes.first()?;
    let names: Vec<&str> = nodes
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect();
    let message = match names.as_slice() {
        [name] => format!(
            "{name} joined {} ago: calico-node is starting there",
            counted(
                usize::try_from(joining::age(case.snapshot, first)?).ok()?,
                "second"
            )
        ),
        names => format!(
            "calico-node is starting on {} that have just joined: {}",
            counted(names.len(), "node"),
            few(names)
        ),
    };
    let finding = Finding::note(&AGENT_NOT_READY.entry, node.object(), message);
    let finding = finding.for_few(nodes.iter(), |finding, node| {
        let created = node.metadata.creation_timestamp.iter();
        created.fold(finding, |finding, created| {
            finding.evidence(
                ObjectRef::named("Node", &node.metadata.name),
                "metadata.creationTimestamp",
                created.0,
            )
        })
    });
    let (namespace, name) = pasted_names(&node.set.metadata);
    Some(
        finding
            .explained()
            .impact("new pods there get a network once calico-node runs")
            .fix("wait: it becomes an error if calico-node is still not ready three minutes after the node joined")
            .paste(format!("kubectl rollout status -n {namespace} daemonset/{name}")),
    )
}
