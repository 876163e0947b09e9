//! Whether calico-kube-controllers is ready.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::advice::impact::without_pods;
use crate::assess::advice::pod_commands;
use crate::assess::advice::refused::refused;
use crate::assess::advice::unscheduled;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::replicas::Replicas;
use crate::phrases::pasted;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS};
use crate::snapshot::{Pod, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::container_failure;
use crate::views::objects::{KUBE_CONTROLLERS, deployment, object_of};
use crate::views::{joining, pods};

pub(crate) const CONTROLLERS_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL508",
        title: "calico-kube-controllers is not ready",
        meaning: "The calico-kube-controllers Deployment has no ready replica.",
        impact: "Traffic is not affected, but the addresses of deleted pods and nodes are not \
                 released, so pools fill up. If Calico uses its own etcd, calico-kube-controllers \
                 also copies network policies, namespaces and labels there, and the finding is an \
                 error.",
        criteria: "status.readyReplicas is 0. A pod whose container crash-loops, or whose image \
                   cannot be pulled, is reported as CAL502 or CAL503 instead. A missing Deployment \
                   is not a finding: some installers leave it out.",
        fix: "Find out what its pod is waiting for. The pod does not use the host network, so it \
              only starts once calico-node is ready on its node.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml; kube-controllers/",
    },
    needs: &[&DEPLOYMENTS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| not_ready(case).into_iter().collect(),
};

fn not_ready(case: &Case) -> Option<Finding> {
    let controllers = deployment(case.snapshot, KUBE_CONTROLLERS)?;
    // In a manifest there is no status.
    controllers.status.as_ref()?;
    let replicas = Replicas::of(controllers);
    if replicas.replicas == 0 {
        return Some(scaled_to_zero(case, controllers, &replicas));
    }
    if replicas.ready > 0 {
        return None;
    }
    let selector = controllers.spec.as_ref().map(|spec| &spec.selector);
    let pods = pods::of(case.snapshot, &controllers.metadata, selector);
    if pods.iter().any(|pod| container_failure(pod).is_some()) {
        return None;
    }
    let object = object_of(controllers);
    let finding =
        finding(case, controllers, "is not ready").evidence(object, "status.readyReplicas", 0);
    let finding = pods.iter().fold(finding, |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why(pod))
    });
    let finding = refused(case, finding, controllers);
    let finding = if waits_for_network(case, &pods) {
        finding.suspects([Suspect::Workload("calico-node"), Suspect::Workload("canal")])
    } else {
        finding
    };
    Some(fix(case, finding, &pods, pasted(&replicas.namespace)))
}

fn finding(case: &Case, controllers: &Deployment, state: &str) -> Finding {
    let (severity, impact) = if case.facts.install.is_in_etcd() {
        (
            Severity::Error,
            "changes to network policies, namespaces and labels no longer reach Calico's etcd",
        )
    } else {
        (Severity::Warning, without_pods(case, KUBE_CONTROLLERS))
    };
    Finding::new(
        &CONTROLLERS_NOT_READY.entry,
        severity,
        object_of(controllers),
        format!("{KUBE_CONTROLLERS} {state}"),
    )
    .impact(impact)
}

fn scaled_to_zero(case: &Case, controllers: &Deployment, replicas: &Replicas) -> Finding {
    finding(case, controllers, "is scaled to zero")
        .evidence(object_of(controllers), "spec.replicas", 0)
        .fix("scale it to one replica")
        .paste(format!(
            "kubectl scale -n {} deployment {KUBE_CONTROLLERS} --replicas=1",
            pasted(&replicas.namespace)
        ))
}

/// What to do about pods that are not ready.
fn fix(case: &Case, finding: Finding, pods: &[&Pod], namespace: &str) -> Finding {
    let joining = joining::nodes(case.snapshot);
    if !pods.is_empty() && pods.iter().all(|pod| joining::is_on(&joining, pod)) {
        return Finding {
            severity: Severity::Note,
            ..finding.fix(
                "wait until calico-node is ready on the node of its pod, which has just joined",
            )
        };
    }
    if let Some(cause) = unscheduled::of(case, pods) {
        return finding.fix(cause.fix).paste(cause.command);
    }
    let runs = |pod: &&&Pod| pod.statuses().any(|it| it.state.running.is_some());
    if let Some(pod) = pods.iter().find(runs) {
        let name = PodName::of(&pod.metadata);
        return finding
            .fix(
                "its container runs, but is not ready: read the result of the readiness probe in the pod's events, and \
                 its log",
            )
            .paste(format!(
                "{}\n{} --tail=50",
                pod_commands::describe(&name),
                pod_commands::log(&name, KUBE_CONTROLLERS)
            ));
    }
    finding
        .fix("find out what its pod is waiting for; it only starts where calico-node is ready")
        .paste(format!(
            "kubectl describe pods -n {namespace} -l k8s-app={KUBE_CONTROLLERS}"
        ))
}

/// Whether calico-node is not ready where its pods wait, or on any node while there are none.
fn waits_for_network(case: &Case, pods: &[&Pod]) -> bool {
    let agents: Vec<&Pod> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .filter(|pod| pod.is_ready())
        .collect();
    if agents.is_empty() {
        return true;
    }
    let is_served = |pod: &Pod| {
        let mut agents = agents.iter();
        agents.any(|agent| agent.spec.node_name == pod.spec.node_name)
    };
    !pods.is_empty()
        && pods
            .iter()
            .all(|pod| pods::has_no_sandbox(pod) && !is_served(pod))
}
