//! A square for each node.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::assess::views::pods;
use crate::render::xml::escaped;
use crate::snapshot::{Node, Pod, Snapshot};

/// `k8s-app` of calico-node, by install.
const AGENTS: [&str; 3] = ["calico-node", "calico-node-windows", "canal"];

/// The squares, as HTML.
#[derive(Clone, Debug, Default)]
pub struct NodeGrid(String);

impl NodeGrid {
    /// The nodes of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut page = String::new();
        nodes(&mut page, snapshot);
        Self(page)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn nodes(page: &mut String, snapshot: &Snapshot) {
    let nodes = snapshot.nodes.items();
    if nodes.is_empty() {
        return;
    }
    let agents: BTreeMap<&str, &Pod> = pods::wanted(snapshot)
        .filter(|pod| AGENTS.contains(&pods::app(pod)))
        .map(|pod| (pod.spec.node_name.as_str(), pod))
        .collect();
    page.push_str(
        "<h2>Nodes</h2>\n<p class=\"key muted\"><span class=\"healthy\"></span>ready\
         <span class=\"warning\"></span>calico-node is not ready\
         <span class=\"error\"></span>the node is not ready</p>\n<div class=\"nodes\">\n",
    );
    for node in nodes {
        let agent = agents.get(node.metadata.name.as_str()).copied();
        let (class, what) = state(node, agent);
        let cordoned = if node.spec.unschedulable {
            ", cordoned"
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "<span class=\"{class}\" title=\"{}: {what}{cordoned}\"></span>",
            escaped(&node.metadata.name)
        );
    }
    page.push_str("</div>\n");
}

/// The class of a node's square, and what it means.
fn state(node: &Node, agent: Option<&Pod>) -> (&'static str, &'static str) {
    match agent {
        _ if !node.is_ready() => ("error", "not ready"),
        None => ("warning", "no pod of calico-node"),
        Some(pod) if !pod.is_ready() => ("warning", "calico-node is not ready"),
        Some(_) => ("healthy", "ready"),
    }
}
