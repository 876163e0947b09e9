//! Messages about the Installation, and what the operator needs to carry it out.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/installation and pkg/controller/migration.

use super::{Cause, cause_of, edit_installation};
use crate::assess::check::Case;
use crate::assess::words::{MOST_NAMES, pasted};

pub(super) static CAUSES: &[Cause] = &[
    cause_of(
        &["does not match auto-detected value"],
        "kubernetesProvider in the Installation is not what the operator finds this cluster to be",
        "leave kubernetesProvider out, and the operator takes what it finds",
        |_, _| {
            r#"kubectl patch installations.operator.tigera.io default --type=merge -p '{"spec":{"kubernetesProvider":null}}'"#
                .to_owned()
        },
    )
    .in_installation(),
    cause_of(
        &["error validating ip pool configuration"],
        "the operator refuses a pool of the Installation",
        "correct what the message names in the Installation",
        edit_installation,
    )
    .refusal(),
    cause_of(
        &["invalid installation provided"],
        "the operator refuses the Installation",
        "correct what the message names in the Installation",
        edit_installation,
    )
    .refusal(),
    cause_of(
        &["existing calico installation can not be managed"],
        "there is an install from manifests with a setting that the operator cannot take over",
        "change the setting that the message names in the old calico-node, to what the operator \
         knows, and it goes on",
        |_, _| "kubectl edit daemonsets -n kube-system calico-node".to_owned(),
    ),
    cause_of(
        &["error migrating resources to calico-system"],
        "the operator cannot go on taking over an install from manifests",
        "mend what the message names: most often a calico-node or a Typha that does not become \
         ready",
        |_, _| "kubectl get pods -A -l 'k8s-app in (calico-node,calico-typha)' -o wide".to_owned(),
    ),
    cause_of(
        &["not enough linux nodes to schedule typha"],
        "Typha should have more replicas than there are nodes with Linux that take pods",
        "uncordon nodes, or take nodes away that run no pods; Windows nodes count for how many \
         replicas there should be, and run none",
        uncordon,
    ),
    cause_of(
        &["waiting for installation defaulting"],
        "it waits for the operator to accept the Installation",
        "see what TigeraStatus calico says of the Installation",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io calico -o yaml".to_owned(),
    )
    .waits_for("calico"),
    cause_of(
        &["no matches for kind"],
        "a custom resource definition is missing or older than the operator",
        "apply operator-crds.yaml of the operator's release, which helm upgrade leaves out",
        |case, _| {
            let url = case.facts.install.manifest_url("operator-crds.yaml");
            url.map(|url| format!("kubectl apply --server-side --force-conflicts -f {url}"))
                .unwrap_or_default()
        },
    ),
];

fn uncordon(case: &Case, _: &str) -> String {
    let nodes = case.snapshot.nodes.items().iter();
    let cordoned = nodes.filter(|node| node.spec.unschedulable && node.is_linux());
    let commands: Vec<String> = cordoned
        .take(MOST_NAMES)
        .map(|node| format!("kubectl uncordon {}", pasted(&node.metadata.name)))
        .collect();
    match commands.is_empty() {
        true => "kubectl get nodes -L kubernetes.io/os".to_owned(),
        false => commands.join("\n"),
    }
}
