//! Nodes of Canal for which flannel uses the same address. Part of CAL510.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::phrases::{MOST_NAMES, few};
use crate::repair::kubectl::{patch_config_map, restart};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::usual_owner;

/// The annotation in which flannel stores the IPv4 address at which other nodes reach a node.
const FLANNEL_ANNOTATION: &str = "flannel.alpha.coreos.com/public-ip";

/// The finding, if flannel uses an address for several nodes.
pub(super) fn shared_in_canal(entry: &Entry, case: &Case, canal: &CalicoNode) -> Option<Finding> {
    let mut by_address: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    let nodes = case.snapshot.nodes.items().iter();
    for node in nodes.filter(|node| node.is_linux()) {
        if let Some(address) = node.metadata.annotation(FLANNEL_ANNOTATION) {
            by_address.entry(address).or_default().push(node);
        }
    }
    let (address, nodes) = by_address.iter().find(|(_, nodes)| nodes.len() > 1)?;
    let names: Vec<&str> = nodes.iter().map(|it| it.metadata.name.as_str()).collect();
    let owner = address.parse().ok().and_then(usual_owner);
    let belongs = owner.map_or_else(String::new, |owner| format!(" (the address of {owner})"));
    let mut finding = Finding::error(
        entry,
        ObjectRef::all("Node"),
        format!(
            "flannel uses the same address {address}{belongs} for {}",
            few(&names)
        ),
    );
    for node in nodes.iter().take(MOST_NAMES) {
        let internal: Vec<&str> = node.internal_addresses().collect();
        let object = ObjectRef::named("Node", &node.metadata.name);
        finding = finding
            .evidence(&object, format!("annotation {FLANNEL_ANNOTATION}"), address)
            .evidence(object, "InternalIP", internal.join(", "));
    }
    let finding = finding.impact("pods on different nodes cannot reach each other");
    if canal.is_of_rke2() {
        return Some(finding.fix(
            "set flannel.iface in the HelmChartConfig rke2-canal to the interface that connects the nodes, \
             and restart the pods of rke2-canal",
        ));
    }
    let (_, config) = canal.config();
    let config = ObjectRef::config_map(config);
    Some(
        finding
            .fix(
                "have flannel use the interface that connects the nodes: put its name in place of \
                 INTERFACE, and restart the pods",
            )
            .paste(patch_config_map(
                &config,
                &json!({"canal_iface": "INTERFACE"}),
            ))
            .paste(restart(&canal.object())),
    )
}
