//! Whether pods on Windows nodes can get an address from Calico's IPAM.

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::few;
use crate::repair::ipam_config::patch_ipam_config;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, IPAM_CONFIGS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_config::{self, is_strict};
use crate::views::node_addresses::ANNOTATION;
use crate::views::objects::setting;

pub(crate) const NO_STRICT_AFFINITY: Check = Check {
    entry: Entry {
        code: "CAL229",
        title: "Windows nodes without strict affinity",
        meaning: "Calico runs on Windows nodes and its IPAM assigns addresses, but strictAffinity is \
                  not true.",
        impact: "Calico's IPAM assigns no address on a Windows node (\"global strict affinity should \
                 not be false for Windows node\"), so its pods stay in ContainerCreating. Without it, the operator \
                 does not install Calico on Windows nodes.",
        criteria: "strictAffinity in the IPAM configuration is false, which is the default. A Windows \
                   node counts if windowsDataplane in the Installation is HNS, if the DaemonSet \
                   calico-node-windows is scheduled to nodes, or if calico-node has stored the node's \
                   address in the annotation projectcalico.org/IPv4Address. Applies only if Calico's \
                   IPAM assigns addresses.",
        fix: "Set strictAffinity to true. Nodes then no longer borrow addresses, so every node must \
              have a block (CAL210).",
        source: "projectcalico/calico v3.24.1 to v3.32.1, libcalico-go/lib/ipam/ipam.go \
                 (ErrStrictAffinity); tigera/operator v1.42.3, \
                 pkg/controller/installation/windows_controller.go; projectcalico/calico#10619",
    },
    needs: &[&NODES, &IPAM_CONFIGS, &DAEMON_SETS, &INSTALLATIONS],
    excuses: &[],
    judges: Judges::Following,
    find: |case| without_strict_affinity(case).into_iter().collect(),
};

fn without_strict_affinity(case: &Case) -> Option<Finding> {
    if !case.facts.runs_with_calico_ipam() || is_strict(case.snapshot) {
        return None;
    }
    let is_requested = setting(case.snapshot, "windowsDataplane").as_deref() == Some("HNS")
        || CalicoNode::of_windows(case.snapshot)
            .iter()
            .any(|node| node.desired().is_some_and(|desired| desired > 0));
    let nodes = case.snapshot.nodes.items().iter();
    let nodes: Vec<&Node> = nodes
        .filter(|node| !node.is_linux() && !node.is_virtual())
        .filter(|node| is_requested || node.metadata.annotation(ANNOTATION).is_some())
        .collect();
    let first = nodes.first()?;
    let names: Vec<&str> = nodes.iter().map(|it| it.metadata.name.as_str()).collect();
    let finding = Finding::error(
        &NO_STRICT_AFFINITY.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("pods on Windows nodes get no address: {}", few(&names)),
    )
    .evidence(ipam_config::object(), "spec.strictAffinity", false);
    let finding = finding.for_few(nodes.iter(), |finding, node| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "status.nodeInfo.operatingSystem",
            "windows",
        )
    });
    Some(
        finding
            .impact("Calico's IPAM assigns no address on a Windows node without strict affinity")
            .in_manifest("set strictAffinity to true in the manifest of the IPAM configuration")
            .fix(
                "turn on strict affinity: nodes then no longer borrow addresses, so every node must \
                 have a block (CAL210)",
            )
            .paste(patch_ipam_config(
                case.snapshot,
                &json!({"strictAffinity": true}),
            )),
    )
}
