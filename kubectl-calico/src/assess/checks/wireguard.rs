//! Whether all nodes that should encrypt traffic do.

use crate::assess::check::{Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::dataplane::{has_keys, is_encrypted};
use crate::phrases::{counted, few};
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::felix::{Felix, WIREGUARD, WIREGUARD_V6};
use calico_core::catalog::Entry;

pub(crate) const NODES_WITHOUT_KEY: Check = Check {
    entry: Entry {
        code: "CAL307",
        title: "WireGuard is enabled, but nodes have no key",
        meaning: "Traffic between nodes should be encrypted, but some nodes have not published a \
                  key.",
        impact: "Traffic to and from these nodes is not encrypted, and nothing else reports it: a \
                 node whose kernel lacks WireGuard silently continues without encryption.",
        criteria: "wireguardEnabled, and wireguardEnabledV6 for IPv6, in the FelixConfigurations \
                   default and node.NAME or in calico-node's environment are compared with the \
                   annotations projectcalico.org/WireguardPublicKey and WireguardPublicKeyV6 that \
                   Felix sets on its node. Windows nodes, and nodes on which calico-node has never \
                   run, are ignored. FelixConfigurations with a node selector (Calico 3.32) are \
                   not evaluated.",
        fix: "Install the WireGuard kernel module on these nodes, and restart calico-node there. \
              GKE's node images do not have it.",
        source: "projectcalico/calico v3.32.1, felix/wireguard; Calico documentation, Encrypt \
                 in-cluster pod traffic",
    },
    needs: &[&NODES, &FELIX_CONFIGURATIONS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let felix = Felix::of(case.snapshot);
        let encrypted: Vec<&Node> = case
            .snapshot
            .nodes
            .items()
            .iter()
            .filter(|node| node.is_linux() && is_calicos(node) && is_encrypted(&felix, node))
            .collect();
        let names: Vec<&str> = encrypted
            .iter()
            .filter(|node| !has_keys(&felix, node))
            .map(|node| node.metadata.name.as_str())
            .collect();
        if names.is_empty() {
            return Vec::new();
        }
        let mut finding = Finding::warning(
            &NODES_WITHOUT_KEY.entry,
            "Nodes",
            format!(
                "WireGuard is enabled, but {} of {} {} no key",
                names.len(),
                counted(encrypted.len(), "node"),
                if names.len() == 1 { "has" } else { "have" }
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
        .impact("traffic to and from a node without a key is not encrypted")
        .fix("load the WireGuard kernel module on each node without a key, also at boot, then restart calico-node there")
        .paste("modprobe wireguard\necho wireguard > /etc/modules-load.d/wireguard.conf");
        vec![finding]
    },
};

/// Whether calico-node has set its node's address.
fn is_calicos(node: &Node) -> bool {
    [
        "projectcalico.org/IPv4Address",
        "projectcalico.org/IPv6Address",
    ]
    .iter()
    .any(|key| node.metadata.annotation(key).is_some())
}
