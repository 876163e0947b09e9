//! From a snapshot to a list of nodes: what Calico runs, uses and reports on each.

pub mod agent_pod;
pub mod bgp_sessions;
pub mod bgp_verdict;
pub mod claimed_blocks;
pub mod label_selector;
pub mod node_summary;
pub mod sort_key;
pub mod tunnel_address;
pub mod typha_role;
pub mod used_address;
pub mod wireguard_keys;

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use crate::assess::not_read::{NotRead, not_read};
use crate::document::Head;
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{
    CALICO_NODE_STATUSES, CALICO_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, IPAM_BLOCKS, NODES,
};
use crate::snapshot::{Node, Snapshot};

use agent_pod::AgentPods;
use bgp_sessions::BgpReports;
use bgp_verdict::bgp_verdict;
use claimed_blocks::BlocksByNode;
use node_summary::NodeSummary;
use tunnel_address::tunnel_addresses;
use typha_role::TyphaPods;
use used_address::used_address;
use wireguard_keys::wireguard_keys;

/// `kind` of the document.
const KIND: &str = "NodeList";

/// The rows that the list is made of.
const ROWS: [&Resource; 6] = [
    &NODES,
    &CALICO_PODS,
    &DAEMON_SETS,
    &IPAM_BLOCKS,
    &FELIX_CONFIGURATIONS,
    &CALICO_NODE_STATUSES,
];

/// What `kubectl calico nodes` prints.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "NodeList"))]
#[serde(rename_all = "camelCase")]
pub struct NodeList {
    /// The first fields of the document.
    #[serde(flatten)]
    pub head: Head,
    /// The nodes, sorted by name unless another order was requested.
    pub nodes: Vec<NodeSummary>,
    /// What the BGP sessions of these nodes have in common: which peer or node is cut off, or whether all are.
    /// Empty if every session is established, or none is reported.
    pub bgp: Vec<String>,
    /// What could not be read.
    pub not_read: Vec<NotRead>,
}

impl NodeList {
    /// Replaces what is known of the BGP sessions of these nodes, which were asked for them and did not
    /// report.
    pub fn set_silent(&mut self, silent: &BTreeSet<String>, why: &str) {
        let mut nodes = self.nodes.iter_mut();
        for node in nodes.by_ref().filter(|node| silent.contains(&node.name)) {
            node.bgp = Fact::unknown(why);
        }
        self.bgp = bgp_verdict(&self.nodes);
    }

    /// The wanted nodes of a snapshot, in its order. `now` is when the list is written.
    pub fn of(snapshot: &Snapshot, wanted: impl Fn(&Node) -> bool, now: Timestamp) -> Self {
        let facts = Facts::of(snapshot);
        let agents = AgentPods::of(snapshot);
        let blocks = BlocksByNode::of(snapshot, &facts);
        let typhas = TyphaPods::of(snapshot, &facts);
        let reports = BgpReports::of(snapshot, &facts);
        let nodes: Vec<&Node> = snapshot
            .nodes
            .items()
            .iter()
            .filter(|it| wanted(it))
            .collect();
        let summaries: Vec<NodeSummary> = nodes
            .into_iter()
            .map(|node| {
                let name = &node.metadata.name;
                let agent = agents.on(name);
                NodeSummary {
                    name: name.clone(),
                    ready: node.is_ready(),
                    schedulable: !node.spec.unschedulable,
                    internal_addresses: node.internal_addresses().map(str::to_owned).collect(),
                    address: used_address(node, &facts),
                    tunnels: tunnel_addresses(node, &facts),
                    blocks: blocks.on(name),
                    wireguard: wireguard_keys(node, snapshot, &facts),
                    typha: typhas.on(name, &agent),
                    bgp: reports.on(name),
                    calico_node: agent,
                }
            })
            .collect();
        let unknown: Vec<_> = snapshot
            .unknown()
            .into_iter()
            .filter(|(row, _)| ROWS.iter().any(|known| std::ptr::eq(*known, *row)))
            .collect();
        let mut not_read = not_read(&unknown);
        // The list does not depend on checks.
        for row in &mut not_read {
            row.codes.clear();
        }
        Self {
            head: Head::new(KIND, &snapshot.origin, now),
            bgp: bgp_verdict(&summaries),
            nodes: summaries,
            not_read,
        }
    }
}
