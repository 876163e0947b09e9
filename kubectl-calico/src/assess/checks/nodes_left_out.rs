//! Whether calico-node is scheduled to every node.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::PodSpec;
use serde_json::json;

use super::leftovers::pool_in_use;
use super::other_plugins;
use super::reporting::operator_log;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::components::ComponentState;
use crate::facts::method::Method;
use crate::phrases::{counted, pasted, pasted_names};
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, NODES, TIGERA_STATUSES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::{CalicoNode, MANIFEST_NAMESPACE, OPERATOR_NAMESPACE};
use crate::views::objects::{KUBE_CONTROLLERS, default_installation, deployment, object_of};
use crate::views::{daemon_set, placement};

/// What is counted if there is no DaemonSet of calico-node.
const COUNTED: &str = "count (with a calico-node container)";

pub(crate) const NODES_LEFT_OUT: Check = Check {
    entry: Entry {
        code: "CAL509",
        title: "calico-node is not scheduled to every node",
        meaning: "The calico-node DaemonSet excludes nodes, or does not exist.",
        impact: "Pods on a node without calico-node get neither a network nor policies from \
                 Calico. Nothing else shows this: the DaemonSet has all of its desired pods, and \
                 the operator does not consider any missing.",
        criteria: "The DaemonSet's status.desiredNumberScheduled is compared with the number of Linux nodes, \
                   without those of EKS Fargate and of virtual kubelets. A DaemonSet that its controller has not \
                   observed yet is not checked.\n\
                   - Error: it is scheduled to no node.\n\
                   - Warning: it is scheduled to some nodes only.\n\
                   - Note: it is scheduled to some nodes, and another network plugin runs on all others.\n\
                   - Error: with the operator, there is no DaemonSet, and IPPools exist; unless the operator itself \
                   reports that calico is not available, or the Installation is being deleted.\n\
                   - Error: without the operator, there is no DaemonSet, addresses of the IPPools are in use or \
                   calico-kube-controllers exists, and no other network plugin runs.",
        fix: "Remove the nodeSelector or affinity that excludes the nodes: in the DaemonSet for a \
              manifest install, in spec.calicoNodeDaemonSet of the Installation with the operator. \
              A node without the label kubernetes.io/os, which the kubelet sets, needs that label. \
              If the nodes are meant to run without Calico, nothing needs to be done.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml; tigera/operator v1.42.3, \
                 pkg/render/node.go",
    },
    needs: &[&DAEMON_SETS, &NODES],
    // That the operator already reports it, or that CoreDNS has no address of a pool.
    excuses: &[&TIGERA_STATUSES, &CALICO_PODS],
    judges: Judges::Running,
    find: |case| {
        let sets = CalicoNode::all(case.snapshot);
        let found = match sets.as_slice() {
            [] => gone(case).or_else(|| gone_without_operator(case)),
            // During a migration to the operator, each of the two DaemonSets has some of the nodes.
            [node] => left_out(case, node),
            _ => None,
        };
        found.into_iter().collect()
    },
};

fn left_out(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let desired = usize::try_from(node.desired()?).ok()?;
    let nodes = placement::machines(case.snapshot);
    if desired >= nodes {
        return None;
    }
    let apart: Vec<(&DaemonSet, &str)> = other_plugins::others(case)
        .filter(|(set, _)| placement::are_apart(case.snapshot, node.set, set))
        .collect();
    let left: usize = apart
        .iter()
        .filter_map(|(set, _)| placement::desired(set))
        .sum();
    let is_shared = desired > 0 && desired + left >= nodes;
    let severity = match desired {
        0 => Severity::Error,
        _ if is_shared => Severity::Note,
        _ => Severity::Warning,
    };
    let finding = scheduled_to(node, severity, desired, nodes);
    if node.is_replacing_flannel() {
        return Some(replacing_flannel(finding));
    }
    if is_shared {
        return Some(shared(finding, &apart));
    }
    let unlabeled = unlabeled(case, node);
    Some(if unlabeled.len() == nodes - desired {
        with_labels(finding, &unlabeled)
    } else {
        by_selection(finding, node)
    })
}

/// On how many of the nodes calico-node should run, and what selects them.
fn scheduled_to(node: &CalicoNode, severity: Severity, desired: usize, nodes: usize) -> Finding {
    let object = node.object();
    let all = counted(nodes, "node");
    let message = match desired {
        0 => format!("calico-node is scheduled to none of {all}"),
        _ => format!("calico-node is scheduled to only {desired} of {all}"),
    };
    let finding = Finding::new(&NODES_LEFT_OUT.entry, severity, &object, message)
        .evidence(&object, "status.desiredNumberScheduled", desired)
        .evidence(ObjectRef::all("Node"), "count (Linux)", nodes);
    let selection = node_selection(daemon_set::pod(node.set)).into_iter();
    selection.fold(finding, |finding, (field, value)| {
        finding.evidence(&object, format!("spec.template.spec.{field}"), value)
    })
}

fn replacing_flannel(finding: Finding) -> Finding {
    Finding {
        severity: Severity::Note,
        ..finding
    }
    .impact("the other nodes still have flannel: the migration moves them one after the other")
    .fix("wait until the migration is complete; if it makes no progress, read its log")
    .paste(
        "kubectl get jobs -n kube-system flannel-migration\n\
         kubectl logs -n kube-system jobs/flannel-migration --tail=20",
    )
}

/// Other network plugins connect the pods of the other nodes.
fn shared(finding: Finding, others: &[(&DaemonSet, &str)]) -> Finding {
    let finding = others.iter().fold(finding, |finding, (set, plugin)| {
        let object = ObjectRef::of_object("DaemonSet", &set.metadata);
        finding.evidence(object, "network plugin", plugin)
    });
    finding
        .impact("the other nodes have another network plugin; no policy of Calico applies there")
        .fix("none needed if the other nodes are meant to run without Calico")
}

/// The selection leaves nodes out.
fn by_selection(finding: Finding, node: &CalicoNode) -> Finding {
    let (namespace, name) = pasted_names(&node.set.metadata);
    finding
        .impact(WITHOUT_CALICO)
        .fix(if node.is_of_operator() {
            "remove the nodeSelector or affinity from spec.calicoNodeDaemonSet of the \
             Installation, unless the other nodes are meant to run without Calico"
        } else {
            "remove the nodeSelector or affinity from the DaemonSet, unless the other nodes \
             are meant to run without Calico"
        })
        .paste(format!(
            "kubectl get nodes --show-labels\n\
             kubectl describe daemonsets -n {namespace} {name}"
        ))
}

/// Sets the label on the nodes that lack it.
fn with_labels(finding: Finding, unlabeled: &[&Node]) -> Finding {
    let names: Vec<&str> = unlabeled
        .iter()
        .map(|it| it.metadata.name.as_str())
        .collect();
    let finding = finding.for_few(names.iter(), |finding, name| {
        let object = ObjectRef::named("Node", *name);
        finding.evidence(object, format!("label {SYSTEM}"), "not set")
    });
    let pasted: Vec<&str> = names.iter().map(|name| pasted(name)).collect();
    finding
        .impact(WITHOUT_CALICO)
        .fix("set the label, as the kubelet does when it registers the node")
        .paste(format!(
            "kubectl label nodes {} {SYSTEM}=linux",
            pasted.join(" ")
        ))
}

const WITHOUT_CALICO: &str =
    "pods on nodes without calico-node get neither a network nor policies from Calico";

/// The label with the operating system, which all of Calico's manifests and the operator select nodes by.
const SYSTEM: &str = "kubernetes.io/os";

/// The nodes without that label, if it alone selects the nodes.
fn unlabeled<'a>(case: &Case<'a>, node: &CalicoNode) -> Vec<&'a Node> {
    let pod = daemon_set::pod(node.set);
    let selection = node_selection(pod);
    let keys = pod.and_then(|pod| pod.node_selector.as_ref());
    let is_by_system = keys.is_some_and(|keys| keys.keys().eq([SYSTEM])) && selection.len() == 1;
    let nodes = case.snapshot.nodes.items().iter();
    let nodes = nodes.filter(|node| node.is_linux() && !node.is_virtual());
    nodes
        .filter(|node| is_by_system && node.metadata.label(SYSTEM).is_none())
        .collect()
}

/// The fields that select the nodes of a pod.
fn node_selection(pod: Option<&PodSpec>) -> Vec<(&'static str, String)> {
    let Some(pod) = pod else { return Vec::new() };
    let affinity = pod.affinity.as_ref();
    let affinity = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
    let fields = [
        (
            "nodeSelector",
            pod.node_selector.as_ref().map(|it| json!(it)),
        ),
        ("affinity.nodeAffinity", affinity.map(|it| json!(it))),
    ];
    let given = fields.into_iter();
    given
        .filter_map(|(field, value)| Some((field, value?.to_string())))
        .collect()
}

/// The DaemonSet of a manifest, which is missing although the rest of the install is there.
fn gone_without_operator(case: &Case) -> Option<Finding> {
    let is_left = case.facts.install.method.value() == Some(&Method::Remnants);
    if !is_left || other_plugins::is_there(case) {
        return None;
    }
    let in_use = pool_in_use(case);
    let controllers = deployment(case.snapshot, KUBE_CONTROLLERS);
    if in_use.is_none() && controllers.is_none() {
        return None;
    }
    let mut finding = Finding::error(
        &NODES_LEFT_OUT.entry,
        ObjectRef::in_namespace("DaemonSet", MANIFEST_NAMESPACE, "calico-node"),
        "the calico-node DaemonSet does not exist, although Calico is in use",
    )
    .evidence(ObjectRef::all("DaemonSet"), COUNTED, 0);
    if let Some((pool, addresses)) = in_use {
        finding = finding.evidence(pool.object(), "addresses in use", addresses);
    }
    if let Some(controllers) = controllers {
        finding = finding.exists(object_of(controllers));
    }
    let calico = match case.facts.install.calico.value() {
        Some(version) => format!("Calico {version}"),
        None => "Calico".to_owned(),
    };
    Some(
        finding
            .impact(
                "new pods get no network, and routes and policies are no longer updated; what is \
                 in place stays until the nodes restart",
            )
            .fix(format!(
                "reapply the manifest that {calico} was installed from; if Calico was removed on \
                 purpose, install another network plugin"
            )),
    )
}

/// An operator-managed DaemonSet that is missing although the operator does not report it.
fn gone(case: &Case) -> Option<Finding> {
    let facts = case.facts;
    let by_operator = matches!(facts.install.method.value(), Some(Method::Operator { .. }));
    let pool = facts.known_pools().first()?;
    let components = facts.components.value().map(Vec::as_slice);
    let is_reported = components.unwrap_or_default().iter().any(|component| {
        component.name == "calico" && component.state != ComponentState::Available
    });
    let is_deleted = default_installation(case.snapshot)
        .is_some_and(|found| found.metadata.deletion_timestamp.is_some());
    if !by_operator || is_reported || is_deleted {
        return None;
    }
    Some(
        Finding::error(
            &NODES_LEFT_OUT.entry,
            ObjectRef::in_namespace("DaemonSet", OPERATOR_NAMESPACE, "calico-node"),
            "the calico-node DaemonSet does not exist",
        )
        .evidence(ObjectRef::all("DaemonSet"), COUNTED, 0)
        .exists(pool.object())
        .impact("pods get neither a network nor policies from Calico")
        .fix("check the operator's log to see why it does not recreate the DaemonSet")
        .paste(operator_log(case.snapshot)),
    )
}
