//! The Amazon VPC CNI beside a Calico that only enforces policies.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::Container;
use serde_json::json;

use crate::assess::finding::Finding;
use crate::phrases::pasted_names;
use crate::repair::Step;
use crate::repair::kubectl::{PatchType, patch};
use crate::snapshot::ObjectRef;
use crate::views::daemon_set;

/// The name of its container.
pub(super) const CONTAINER: &str = "aws-node";

/// The container of its policy agent, and the argument that turns it on.
/// Source: aws/amazon-vpc-cni-k8s v1.18.1, charts/aws-vpc-cni/templates/daemonset.yaml.
const AGENT: (&str, &str) = ("aws-eks-nodeagent", "--enable-network-policy=true");

/// The variable with which it writes the addresses of pods to annotations, where Calico finds them before the
/// kubelet reports them. The manifests of 1.9.3 and later set it.
/// Source: aws/amazon-vpc-cni-k8s, README.md; Calico documentation, Amazon Elastic Kubernetes Service (EKS).
const ANNOTATE: &str = "ANNOTATE_POD_IP";

/// What keeps it and Calico's policies from working well together.
pub(super) fn beside_policies(entry: &'static Entry, set: &DaemonSet) -> Vec<Finding> {
    [not_annotated(entry, set), two_agents(entry, set)]
        .into_iter()
        .flatten()
        .collect()
}

fn container<'a>(set: &'a DaemonSet, name: &str) -> Option<&'a Container> {
    let containers = &daemon_set::pod(set)?.containers;
    containers.iter().find(|container| container.name == name)
}

fn not_annotated(entry: &'static Entry, set: &DaemonSet) -> Option<Finding> {
    let variables = container(set, CONTAINER)?.env.iter().flatten();
    let value = variables
        .filter(|variable| variable.name == ANNOTATE)
        .find_map(|variable| variable.value.as_deref())?;
    if value.eq_ignore_ascii_case("true") {
        return None;
    }
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    let (namespace, name) = pasted_names(&set.metadata);
    let rule = json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["patch"]});
    let add_rule = json!([{"op": "add", "path": "/rules/-", "value": rule}]);
    Some(
        Finding::note(
            entry,
            &object,
            "the Amazon VPC CNI does not tell Calico the addresses of new pods",
        )
        .evidence(&object, format!("env {ANNOTATE}"), value)
        .impact(
            "Calico learns the address of a new pod only once the kubelet reports it: until then, policies that \
             select the pod do not allow its traffic",
        )
        .fixed_by_all(vec![
            Step::new("allow the Amazon VPC CNI to patch pods")
                .run(patch("clusterroles", "aws-node", PatchType::Json, &add_rule)),
            Step::new(format!(
                "have the Amazon VPC CNI annotate pods, which restarts it node by node. If it is an EKS \
                 add-on, do not run this command: set env.{ANNOTATE} in the add-on's configuration instead"
            ))
            .run(format!(
                "kubectl set env -n {namespace} daemonset/{name} -c {CONTAINER} {ANNOTATE}=true"
            )),
        ]),
    )
}

fn two_agents(entry: &'static Entry, set: &DaemonSet) -> Option<Finding> {
    let (name, argument) = AGENT;
    let mut arguments = container(set, name)?.args.iter().flatten();
    arguments.find(|found| *found == argument)?;
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    Some(
        Finding::note(
            entry,
            &object,
            "the Amazon VPC CNI enforces NetworkPolicies, and so does Calico",
        )
        .evidence(&object, format!("args of {name}"), argument)
        .impact(
            "each enforces them in its own way: one may drop what the other allows, and only Calico implements \
             its own kinds of policies",
        )
        .fix(
            "turn the agent of the Amazon VPC CNI off: enableNetworkPolicy: \"false\" in the configuration of \
             the EKS add-on, together with the values that it already has, because an update replaces all of them; or \
             in the values of its chart",
        )
        .paste(
            "aws eks describe-addon --cluster-name CLUSTER --addon-name vpc-cni --query addon.configurationValues \
             --output text",
        ),
    )
}
