//! Messages about the Installation, and what the operator needs to carry it out.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/installation and pkg/controller/migration.

use super::{Cause, cause_of, edit_installation};
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::crash_loops::CRASH_LOOP;
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::images::IMAGE_NOT_PULLED;
use crate::assess::checks::installation_rules::RULE_BROKEN;
use crate::assess::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use crate::assess::checks::typha_room::NO_ROOM;

pub(crate) static CAUSES: &[Cause] = &[
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
    .in_installation()
    .said_by(&[&RULE_BROKEN]),
    cause_of(
        &["invalid installation provided"],
        "the operator refuses the Installation",
        "correct what the message names in the Installation",
        edit_installation,
    )
    .in_installation()
    .said_by(&[&RULE_BROKEN]),
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
    )
    .said_by(&[&CRASH_LOOP, &IMAGE_NOT_PULLED, &AGENT_NOT_READY, &TYPHA_NOT_READY]),
    cause_of(
        &["not enough linux nodes to schedule typha"],
        "Typha should have more replicas than there are nodes with Linux that take pods",
        "uncordon nodes, or take nodes away that run no pods; Windows nodes count for how many \
         replicas there should be, and run none",
        |_, _| "kubectl get nodes -L kubernetes.io/os".to_owned(),
    )
    .said_by(&[&NO_ROOM]),
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
    )
    .said_by(&[&KINDS_NOT_SERVED]),
];
