//! Network plugins that are in the way of Calico's.

use super::basis::Basis;
use crate::assess::finding::Finding;
use crate::snapshot::{Node, flag_in};

/// DaemonSets of other plugins, by their names, and how each is kept from being installed where it
/// comes with the platform.
const PLUGINS: [(&str, &str); 7] = [
    ("antrea-agent", "uninstall Antrea"),
    ("cilium", "uninstall Cilium"),
    (
        "kindnet",
        "make the kind cluster with networking.disableDefaultCNI: true",
    ),
    ("kube-flannel", "uninstall flannel"),
    ("kube-flannel-ds", "uninstall flannel"),
    (
        "kube-router",
        "uninstall kube-router (k0s: spec.network.provider: custom)",
    ),
    ("weave-net", "uninstall Weave Net"),
];

/// Plugins that give pods their network already, where Calico is to.
pub(super) fn findings(basis: &Basis) -> Vec<Finding> {
    if !basis.networking.is_calico() || basis.live_pools().next().is_some() {
        return Vec::new();
    }
    let sets = basis.snapshot.daemon_sets.items().iter();
    let by_set = sets.filter_map(|set| {
        let name = set.metadata.name.as_deref()?;
        let (_, fix) = PLUGINS.iter().find(|(plugin, _)| *plugin == name)?;
        let namespace = set.metadata.namespace.as_deref().unwrap_or_default();
        Some((
            format!("DaemonSet/{name}"),
            "metadata.namespace".to_owned(),
            namespace.to_owned(),
            (*fix).to_owned(),
        ))
    });
    let by_node = basis.snapshot.nodes.items().iter().find_map(flannel_of_k3s);
    by_set.chain(by_node).map(|(object, field, value, fix)| {
        let finding = Finding::warning(&object, "another network plugin is there")
            .seen(&object, field, value)
            .then("nodes use whichever configuration comes first by its name, so that some pods may \
                   get addresses of that plugin's")
            .fix(fix);
        Finding { code: "other-network-plugin", ..finding }
    }).collect()
}

/// k3s runs flannel inside of itself unless it is told not to.
fn flannel_of_k3s(node: &Node) -> Option<(String, String, String, String)> {
    const KEY: &str = "k3s.io/node-args";
    let arguments: Vec<String> = serde_json::from_str(node.metadata.annotation(KEY)?).ok()?;
    if arguments.first().map(String::as_str) != Some("server") {
        return None;
    }
    let backend = flag_in(&mut arguments.iter(), "--flannel-backend").unwrap_or("vxlan");
    (backend != "none").then(|| {
        (
            format!("Node/{}", node.metadata.name),
            format!("annotation {KEY} --flannel-backend"),
            backend.to_owned(),
            "start the servers with --flannel-backend=none --disable-network-policy".to_owned(),
        )
    })
}
