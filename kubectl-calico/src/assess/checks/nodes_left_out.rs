//! Whether calico-node is meant for every node.

use calico_core::catalog::Entry;
use k8s_openapi::api::core::v1::PodSpec;
use serde_json::json;

use super::reporting::operator_log;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::components::State;
use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::{CalicoNode, OPERATOR_NAMESPACE};
use crate::assess::words::{counted, pasted};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, NODES};

pub(crate) const NODES_LEFT_OUT: Check = Check {
    entry: Entry {
        code: "CAL509",
        title: "calico-node is not meant for all nodes",
        meaning: "The DaemonSet of calico-node leaves nodes out, or is not there at all.",
        impact: "Pods on a node without calico-node get no network from Calico and no policies. \
                  Nothing else tells of it: no pod of calico-node is missing that the DaemonSet \
                  asks for, and the operator counts none.",
        criteria: "The DaemonSet's status.desiredNumberScheduled is compared with the nodes that run \
                 Linux, those of EKS Fargate and of virtual kubelets left out. No node at all is an \
                 error, some of them a warning. One that its controller has not looked at yet is \
                 not judged. That the operator's DaemonSet is gone is an error where pools are \
                 live, unless the operator itself reports that calico is not available.",
        fix: "Take what keeps calico-node away out of its nodeSelector or its affinity: in the \
              DaemonSet with manifests, in spec.calicoNodeDaemonSet of the Installation with the \
              operator. On nodes that are meant to be without Calico nothing needs to be done.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml; tigera/operator v1.42.3, \
                 pkg/render/node.go",
    },
    needs: &[&DAEMON_SETS, &NODES],
    judges: Judges::Running,
    find: |case| {
        let sets = CalicoNode::all(case.snapshot);
        let found = match sets.as_slice() {
            [] => gone(case),
            // While the operator takes over, each of the two has its part of the nodes.
            [node] => left_out(case, node),
            _ => None,
        };
        found.into_iter().collect()
    },
};

fn left_out(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let desired = node.desired()?;
    let nodes = case.snapshot.nodes.items().iter();
    let nodes = nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .count();
    if usize::try_from(desired).ok()? >= nodes {
        return None;
    }
    let object = node.object();
    let all = counted(nodes, "node");
    let finding = match desired {
        0 => Finding::error(
            &NODES_LEFT_OUT.entry,
            &object,
            format!("calico-node is meant for none of {all}"),
        ),
        _ => Finding::warning(
            &NODES_LEFT_OUT.entry,
            &object,
            format!("calico-node is meant for {desired} of {all} only"),
        ),
    };
    let mut finding = finding
        .evidence(&object, "status.desiredNumberScheduled", desired)
        .evidence(ObjectRef::all("Node"), "count with Linux", nodes);
    let template = node.set.spec.as_ref().map(|spec| &spec.template);
    for (field, value) in choice(template.and_then(|template| template.spec.as_ref())) {
        finding = finding.evidence(&object, format!("spec.template.spec.{field}"), value);
    }
    let meta = &node.set.metadata;
    Some(
        finding
            .impact("pods on nodes without it get no network and no policies from Calico")
            .fix(match node.is_of_operator() {
                true => {
                    "take what keeps it away out of spec.calicoNodeDaemonSet of the Installation, \
                     unless those nodes are meant to be without Calico"
                }
                false => {
                    "take what keeps it away out of the DaemonSet, unless those nodes are meant to \
                     be without Calico"
                }
            })
            .paste(format!(
                "kubectl get nodes --show-labels\n\
                 kubectl describe daemonsets -n {} {}",
                pasted(meta.namespace.as_deref().unwrap_or_default()),
                pasted(meta.name.as_deref().unwrap_or_default())
            )),
    )
}

/// What chooses the nodes of a pod.
fn choice(pod: Option<&PodSpec>) -> Vec<(&'static str, String)> {
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

/// That the operator's DaemonSet is not there, and the operator does not say so.
fn gone(case: &Case) -> Option<Finding> {
    let facts = case.facts;
    let by_operator = matches!(facts.install.method.value(), Some(Method::Operator { .. }));
    let pool = facts.known_pools().first()?;
    let components = facts.components.value().map(Vec::as_slice);
    let told = components
        .unwrap_or_default()
        .iter()
        .any(|component| component.name == "calico" && component.state != State::Available);
    if !by_operator || told {
        return None;
    }
    Some(
        Finding::error(
            &NODES_LEFT_OUT.entry,
            ObjectRef::in_namespace("DaemonSet", OPERATOR_NAMESPACE, "calico-node"),
            "calico-node is not there",
        )
        .evidence(
            ObjectRef::all("DaemonSet"),
            "count with container calico-node",
            0,
        )
        .exists(pool.object())
        .impact("pods get no network and no policies from Calico")
        .fix("the operator makes it anew, unless something keeps it from that: see its log")
        .paste(operator_log(case.snapshot)),
    )
}
