//! Which pods are asked for their events and logs: those that fail, one of each kind of failure. None in a
//! healthy cluster.

use std::collections::BTreeSet;

use super::advice::causes::cause;
use super::checks::reporting::observed_generation;
use crate::snapshot::resources::{KUBE_PROXY_CONTAINER, OPERATOR_APP};
use crate::snapshot::{ContainerStatus, LogRequest, MessageRequests, Pod, PodName, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::{ContainerFailure, container_failure};
use crate::views::objects::KUBE_CONTROLLERS;
use crate::views::objects::default_installation;
use crate::views::{kube_proxy, pods};

/// The maximum number of logs.
const LOGS: usize = 6;

/// The maximum number of pods whose events are read.
const EVENTS: usize = 6;

/// How many of them are pods that wait for a network.
const WAITING: usize = 2;

/// The labels `k8s-app` of pods that others depend on, the most important first.
const APPS: [&str; 7] = [
    KUBE_PROXY_CONTAINER,
    "calico-node",
    "canal",
    "calico-typha",
    "tigera-operator",
    "calico-apiserver",
    KUBE_CONTROLLERS,
];

/// What to request of the pods of a snapshot.
pub fn message_requests(snapshot: &Snapshot) -> MessageRequests {
    let silent = silent_nodes(snapshot);
    let responds = |pod: &Pod| !silent.contains(pod.spec.node_name.as_str());
    let mut failing: Vec<&Pod> = pods::wanted(snapshot)
        .chain(kube_proxy::pods(snapshot))
        .filter(|pod| !pod.is_ready() && responds(pod))
        .collect();
    failing.sort_by_key(|pod| {
        let app = match pods::app(pod) {
            "" => pod.metadata.label("component").unwrap_or_default(),
            app => app,
        };
        (
            APPS.iter()
                .position(|known| *known == app)
                .unwrap_or(APPS.len()),
            pods::place(pod),
        )
    });
    let mut requests = MessageRequests::default();
    let mut seen = BTreeSet::new();
    for pod in failing {
        let failure = Failure::of(pod);
        let workload = pods::owner(snapshot, pod).unwrap_or_else(|| pods::object(pod));
        if seen.insert((workload, failure.key())) {
            failure.add_to(&mut requests, pod);
        }
    }
    requests.daemon_sets = without_pods(snapshot);
    requests.logs.extend(log_of_operator(snapshot));
    requests.logs.extend(log_of_api_server(snapshot));
    requests.logs.truncate(LOGS);
    requests.events.truncate(EVENTS - WAITING);
    requests.events.extend(waiting_pods(snapshot, responds));
    requests
}

/// The DaemonSets of calico-node for which not all pods could be created.
fn without_pods(snapshot: &Snapshot) -> Vec<PodName> {
    let agents = CalicoNode::all(snapshot).into_iter();
    agents
        .filter(CalicoNode::lacks_pods)
        .map(|node| {
            let meta = &node.set.metadata;
            PodName {
                namespace: meta.namespace.clone().unwrap_or_default(),
                name: meta.name.clone().unwrap_or_default(),
            }
        })
        .collect()
}

/// The nodes whose kubelet has stopped reporting: it would send no log.
fn silent_nodes(snapshot: &Snapshot) -> BTreeSet<&str> {
    let nodes = snapshot.nodes.items().iter();
    nodes
        .filter(|node| node.is_silent())
        .map(|node| node.metadata.name.as_str())
        .collect()
}

/// How a pod of Calico fails.
#[derive(Clone, Copy)]
enum Failure<'a> {
    /// A container ends by itself, or is killed.
    Crash(&'a ContainerStatus),
    /// An image cannot be pulled, or a container cannot be created.
    Start,
    /// A container runs and is not ready, or does not end as an init container should.
    Unready(&'a ContainerStatus),
    /// The pod is not on a node: its condition says why.
    Unscheduled,
}

impl<'a> Failure<'a> {
    fn of(pod: &'a Pod) -> Self {
        match container_failure(pod) {
            Some((ContainerFailure::CrashLoop, container)) => return Self::Crash(container),
            Some((ContainerFailure::ImagePull, _)) => return Self::Start,
            None => {}
        }
        let running =
            |container: &&ContainerStatus| container.state.running.is_some() && !container.ready;
        match pod.statuses().find(running) {
            _ if pod.spec.node_name.is_empty() => Self::Unscheduled,
            Some(container) => Self::Unready(container),
            None => Self::Start,
        }
    }

    /// Pods of a workload with the same key fail in the same way.
    fn key(&self) -> (u8, &'a str) {
        match self {
            Self::Crash(container) => (0, &container.name),
            Self::Start => (1, ""),
            Self::Unready(container) => (2, &container.name),
            Self::Unscheduled => (3, ""),
        }
    }

    fn add_to(self, requests: &mut MessageRequests, pod: &Pod) {
        let log = |container: &ContainerStatus, previous| LogRequest {
            pod: PodName::of(&pod.metadata),
            container: container.name.clone(),
            previous,
        };
        match self {
            Self::Crash(container) => {
                let ended = container.state.terminated.as_ref();
                let last = ended.or(container.last_state.terminated.as_ref());
                if last.is_some_and(|last| last.reason == "OOMKilled") {
                    return;
                }
                requests.logs.push(log(container, ended.is_none()));
                // The kubelet killed it, usually because of its liveness probe.
                if last.is_some_and(|last| matches!(last.exit_code, Some(137 | 143))) {
                    requests.events.push(PodName::of(&pod.metadata));
                }
            }
            Self::Start => requests.events.push(PodName::of(&pod.metadata)),
            Self::Unready(container) => {
                requests.logs.push(log(container, false));
                requests.events.push(PodName::of(&pod.metadata));
            }
            Self::Unscheduled => {}
        }
    }
}

/// The log of an operator that runs, and reports nothing about the Installation, or only about an earlier generation, or an
/// error whose cause is not known.
fn log_of_operator(snapshot: &Snapshot) -> Option<LogRequest> {
    let statuses = snapshot.tigera_statuses.read()?;
    let is_unexplained = statuses.iter().any(|status| {
        let degraded = status.condition("Degraded");
        degraded.is_some_and(|found| found.status == "True" && cause(&found.message).is_none())
    });
    let is_silent = default_installation(snapshot).is_some()
        && !statuses
            .iter()
            .any(|status| status.metadata.name == "calico" && !status.status.conditions.is_empty());
    let has_not_observed = || {
        let generation = default_installation(snapshot)?.metadata.generation?;
        Some(observed_generation(snapshot)? < generation)
    };
    if !is_unexplained && !is_silent && has_not_observed() != Some(true) {
        return None;
    }
    let pod =
        pods::wanted(snapshot).find(|pod| pods::app(pod) == OPERATOR_APP && pod.is_ready())?;
    let container = pod.status.container_statuses.first()?;
    Some(LogRequest {
        pod: PodName::of(&pod.metadata),
        container: container.name.clone(),
        previous: false,
    })
}

/// The log of Calico's API server, if its pods are ready and that of Kubernetes does not reach it, or is rejected.
fn log_of_api_server(snapshot: &Snapshot) -> Option<LogRequest> {
    let status = snapshot.api_service.read()?.status.as_ref()?;
    let mut conditions = status.conditions.iter().flatten();
    let is_unavailable = conditions.any(|it| it.type_ == "Available" && it.status == "False");
    let mut pods = pods::wanted(snapshot).filter(|pod| pods::app(pod) == "calico-apiserver");
    let pod = pods.find(|pod| pod.is_ready()).filter(|_| is_unavailable)?;
    let container = pod.status.container_statuses.first()?;
    Some(LogRequest {
        pod: PodName::of(&pod.metadata),
        container: container.name.clone(),
        previous: false,
    })
}

/// Pods that are on a node and wait for their network, on different nodes.
fn waiting_pods(snapshot: &Snapshot, responds: impl Fn(&Pod) -> bool) -> Vec<PodName> {
    let pending = snapshot.pending_pods.items().iter();
    let mut nodes = BTreeSet::new();
    pending
        .filter(|pod| !pods::is_calico(pod) && !pod.spec.host_network)
        .filter(|pod| pod.metadata.deletion_timestamp.is_none() && pods::has_no_sandbox(pod))
        .filter(|pod| responds(pod))
        .filter(|pod| nodes.insert(&pod.spec.node_name))
        .map(|pod| PodName::of(&pod.metadata))
        .take(WAITING)
        .collect()
}
