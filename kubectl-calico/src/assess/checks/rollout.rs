//! Whether every node runs the same calico-node.

use calico_core::catalog::Entry;
use std::collections::BTreeMap;

use calico_core::image;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::pods;
use crate::assess::words::pasted;
use crate::snapshot::resources::DAEMON_SETS;

pub(crate) const ROLLOUT_UNDER_WAY: Check = Check {
    entry: Entry {
        code: "CAL507",
        title: "calico-node is not the same on every node",
        meaning: "The DaemonSet of calico-node was changed, and some nodes still run what was \
                before.",
        impact: "Nothing is wrong while a rollout goes on. One that stops leaves nodes in \
                  different versions, and with different settings.",
        criteria: "The images of calico-node's pods have more than one tag, or fewer pods are of the \
                 newest state than there are pods. Not while the operator \
                 takes over an install from manifests (CAL106).",
        fix: "Wait. A rollout stops at a pod that does not become ready (CAL501 to CAL503), and \
              with updateStrategy OnDelete at every pod until somebody deletes it.",
        source: "Kubernetes' documentation, DaemonSet, rolling update",
    },
    needs: &[&DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        if case.facts.install.method.value() == Some(&Method::Migrating) {
            return Vec::new();
        }
        let nodes = CalicoNode::all(case.snapshot);
        nodes
            .iter()
            .filter_map(|node| under_way(case, node))
            .collect()
    },
};

fn under_way(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let status = node.set.status.as_ref()?;
    let there = status.current_number_scheduled;
    // The API server leaves a 0 out.
    let updated = status.updated_number_scheduled.unwrap_or_default();
    let tags = tags(case, node);
    let object = node.object();
    let message = match tags.len() {
        0 | 1 if updated >= there => return None,
        0 | 1 => format!(
            "calico-node is not yet as it is to be on {} of {there} nodes",
            there - updated
        ),
        _ => {
            let counts: Vec<String> = tags
                .iter()
                .map(|(tag, count)| format!("{tag} on {count}"))
                .collect();
            format!(
                "nodes run calico-node in different versions: {}",
                counts.join(", ")
            )
        }
    };
    let finding = Finding::note(&ROLLOUT_UNDER_WAY.entry, &object, message)
        .evidence(&object, "status.updatedNumberScheduled", updated)
        .evidence(&object, "status.currentNumberScheduled", there);
    let strategy = node
        .set
        .spec
        .as_ref()
        .and_then(|spec| spec.update_strategy.as_ref());
    let on_delete = strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete");
    let finding = finding.impact("until they are the same, nodes may differ in what they do");
    if on_delete {
        return Some(
            finding
                .evidence(&object, "spec.updateStrategy.type", "OnDelete")
                .fix("delete the old pods one after the other: nothing else replaces them"),
        );
    }
    let meta = &node.set.metadata;
    Some(
        finding
            .fix("wait for it; a pod that does not become ready holds it up")
            .paste(format!(
                "kubectl rollout status -n {} daemonset/{}",
                pasted(meta.namespace.as_deref().unwrap_or_default()),
                pasted(meta.name.as_deref().unwrap_or_default())
            )),
    )
}

/// How many pods run each tag of the image.
fn tags<'a>(case: &Case<'a>, node: &CalicoNode<'a>) -> BTreeMap<&'a str, usize> {
    let mut tags = BTreeMap::new();
    for pod in pods::of(case.snapshot, &node.set.metadata, node.selector()) {
        let containers = pod.spec.containers.iter();
        let mut images = containers.filter(|container| container.name == "calico-node");
        if let Some(tag) = images
            .next()
            .and_then(|container| image::tag(&container.image))
        {
            *tags.entry(tag).or_insert(0) += 1;
        }
    }
    tags
}
