//! Whether nodes that are to encrypt do.

use crate::assess::check::{Check, Judges};
use crate::assess::facts::dataplane::{has_keys, is_encrypted};
use crate::assess::finding::Finding;
use crate::assess::views::felix::{Felix, WIREGUARD, WIREGUARD_V6};
use crate::assess::words::{counted, few};
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, NODES};
use crate::snapshot::{Node, ObjectRef};
use calico_core::catalog::Entry;

pub(crate) const NODES_WITHOUT_KEY: Check = Check {
    entry: Entry {
        code: "CAL307",
        title: "WireGuard is on, and nodes have no key",
        meaning: "Traffic between nodes is to be encrypted, and some nodes have told no key to the \
                others.",
        impact: "Traffic to and from these nodes goes unencrypted, and nothing else shows it: a \
                  node whose kernel has no WireGuard goes on without.",
        criteria: "wireguardEnabled, and wireguardEnabledV6 for IPv6, of the FelixConfigurations \
                 default and node.NAME, or of calico-node's environment; against the annotations \
                 projectcalico.org/WireguardPublicKey and WireguardPublicKeyV6 that Felix puts on \
                 its node. Nodes with Windows, and those on which calico-node has never run, do \
                 not count. FelixConfigurations for a selector of nodes (3.32) are not looked at.",
        fix: "Install the kernel's WireGuard module on these nodes, and restart calico-node there. \
              GKE's images have none.",
        source: "projectcalico/calico v3.32.1, felix/wireguard; Calico's documentation, encrypt \
                 in-cluster pod traffic",
    },
    needs: &[&NODES, &FELIX_CONFIGURATIONS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let felix = Felix::of(case.snapshot);
        let asked: Vec<&Node> = case
            .snapshot
            .nodes
            .items()
            .iter()
            .filter(|node| node.is_linux() && is_calicos(node) && is_encrypted(&felix, node))
            .collect();
        let without = asked.iter().filter(|node| !has_keys(&felix, node));
        let names: Vec<&str> = without.map(|node| node.metadata.name.as_str()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let mut finding = Finding::warning(
            &NODES_WITHOUT_KEY.entry,
            "Nodes",
            format!(
                "WireGuard is on, and {} of {} have no key",
                names.len(),
                counted(asked.len(), "node")
            ),
        );
        for setting in [&WIREGUARD, &WIREGUARD_V6] {
            let mut told = felix.get_everywhere(setting).into_iter();
            if let Some(told) = told.find(|told| told.value) {
                finding = finding.read(&told.from, true);
            }
        }
        let finding = finding
        .evidence(
            ObjectRef::all("Node"),
            "no annotation projectcalico.org/WireguardPublicKey (IPv6: WireguardPublicKeyV6)",
            few(&names),
        )
        .impact("traffic to and from these nodes is not encrypted")
        .fix("install the kernel's WireGuard module on these nodes, and restart calico-node there")
        .paste("modprobe wireguard   # on such a node");
        vec![finding]
    },
};

/// Whether calico-node has told its node's address.
fn is_calicos(node: &Node) -> bool {
    [
        "projectcalico.org/IPv4Address",
        "projectcalico.org/IPv6Address",
    ]
    .iter()
    .any(|key| node.metadata.annotation(key).is_some())
}
