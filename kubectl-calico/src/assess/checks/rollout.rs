//! Whether every node runs the same revision of calico-node.

use calico_core::catalog::Entry;
use std::collections::BTreeMap;

use calico_core::image;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::method::Method;
use crate::phrases::pasted_names;
use crate::snapshot::resources::DAEMON_SETS;
use crate::views::calico_node::CalicoNode;
use crate::views::pods;

pub(crate) const ROLLOUT_UNDER_WAY: Check = Check {
    entry: Entry {
        code: "CAL507",
        title: "a rollout of calico-node is in progress",
        meaning: "The calico-node DaemonSet was changed, and some nodes still run the previous \
                  revision.",
        impact: "Nothing is wrong while the rollout continues. A rollout that stalls leaves nodes \
                 with different versions and settings.",
        criteria: "The images of the calico-node pods have more than one tag, or fewer pods are updated than \
                   scheduled. Not checked while the operator migrates a manifest install (CAL106).",
        fix: "Wait. A rollout stalls if a pod does not become ready (CAL501 to CAL503). With \
              updateStrategy OnDelete, it waits for each old pod to be deleted.",
        source: "Kubernetes documentation, DaemonSet, Rolling Update",
    },
    needs: &[&DAEMON_SETS],
    excuses: &[],
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
    let scheduled = status.current_number_scheduled;
    // The API server omits a zero.
    let updated = status.updated_number_scheduled.unwrap_or_default();
    let tags = tags(case, node);
    let object = node.object();
    let message = match tags.len() {
        0 | 1 if updated >= scheduled => return None,
        0 | 1 => format!(
            "calico-node has not been updated on {} of {scheduled} nodes yet",
            scheduled - updated
        ),
        _ => {
            let counts: Vec<String> = tags
                .iter()
                .map(|(tag, count)| format!("{tag} on {count}"))
                .collect();
            format!(
                "nodes run different versions of calico-node: {}",
                counts.join(", ")
            )
        }
    };
    let finding = Finding::note(&ROLLOUT_UNDER_WAY.entry, &object, message)
        .evidence(&object, "status.updatedNumberScheduled", updated)
        .evidence(&object, "status.currentNumberScheduled", scheduled);
    let strategy = node
        .set
        .spec
        .as_ref()
        .and_then(|spec| spec.update_strategy.as_ref());
    let on_delete = strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete");
    let finding = finding.impact("nodes may behave differently until the rollout is complete");
    if on_delete {
        return Some(
            finding
                .evidence(&object, "spec.updateStrategy.type", "OnDelete")
                .fix("delete the old pods one at a time: they are not replaced automatically"),
        );
    }
    let (namespace, name) = pasted_names(&node.set.metadata);
    Some(
        finding
            .fix("wait for the rollout; it stalls if a pod does not become ready")
            .paste(format!(
                "kubectl rollout status -n {namespace} daemonset/{name}"
            )),
    )
}

/// The number of pods for each image tag.
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
