//! Manifests that change which IPAM plugin assigns addresses to pods.

use calico_core::catalog::Entry;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::fact::Fact;
use crate::facts::ipam::{CALICO, HOST_LOCAL};
use crate::snapshot::ObjectRef;
use crate::views::calico_node::CalicoNode;

pub(super) static IPAM_CHANGED: Entry = Entry {
    code: "CAL126",
    title: "the manifests change the IPAM plugin",
    meaning: "With the manifests, another IPAM plugin assigns the addresses of new pods: Calico's own in place of \
              host-local, for example.",
    impact: "The new plugin does not know the addresses of running pods, and can assign them a second time. Routes of \
             the cloud to the pod CIDR of each node, on which host-local IPAM can rely, no longer lead to new pods.",
    criteria: "Only with --with, and not if the manifests add another calico-node. In a manifest install, the plugin is that of cni_network_config in the ConfigMap; with \
               the operator, spec.cni.ipam.type of the Installation, with its default.",
    fix: "Keep the plugin. To change it, move the pods to new nodes in a maintenance window.",
    source: "projectcalico/calico v3.32.1, manifests/calico.yaml and libcalico-go/lib/ipam/ipam.go",
};

/// The finding, if another plugin than before assigns addresses.
pub(super) fn ipam_changed(before: &Case, after: &Case) -> Option<Finding> {
    let (Fact::Known { value: was, .. }, Fact::Known { value: is, from }) =
        (&before.facts.ipam, &after.facts.ipam)
    else {
        return None;
    };
    let node = |case: &Case| CalicoNode::current(case.snapshot).map(|node| node.object());
    // Another calico-node is a finding of its own.
    if was == is || node(before) != node(after) {
        return None;
    }
    let first = from.first()?;
    let in_file = |plugin: &str| {
        if first.object == ObjectRef::installation() {
            plugin.to_owned()
        } else {
            of_manifest(plugin).to_owned()
        }
    };
    let (was, is) = (in_file(was), in_file(is));
    let finding = Finding::error(
        &IPAM_CHANGED,
        first.object.clone(),
        format!("the manifests change the IPAM plugin from {was} to {is}"),
    );
    let finding = from
        .iter()
        .fold(finding, |finding, from| finding.read(from, &is));
    Some(
        finding
            .impact(
                "the new plugin does not know the addresses of running pods, and can assign them a second time",
            )
            .fix(format!(
                "keep the IPAM plugin {was} in {} of the manifest of {}",
                first.field, first.object
            )),
    )
}

/// The name of a plugin in the CNI configuration of a manifest install.
fn of_manifest(plugin: &str) -> &str {
    match plugin {
        CALICO => "calico-ipam",
        HOST_LOCAL => "host-local",
        other => other,
    }
}
