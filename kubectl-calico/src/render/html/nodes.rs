//! A square for each node.

use std::fmt::Write as _;

use crate::facts::fact::Fact;
use crate::nodes::agent_pod::{AgentPod, AgentPods};
use crate::render::xml::escaped;
use crate::snapshot::{Node, Snapshot};

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
    let nodes = snapshot.nodes.items().iter();
    let nodes: Vec<&Node> = nodes.filter(|node| !node.is_virtual()).collect();
    if nodes.is_empty() {
        return;
    }
    let agents = AgentPods::of(snapshot);
    page.push_str(
        "<h2>Nodes</h2>\n<p class=\"key muted\"><span class=\"healthy\"></span>ready\
         <span class=\"warning\"></span>calico-node is not ready\
         <span class=\"error\"></span>the node is not ready</p>\n<div class=\"nodes\">\n",
    );
    for node in nodes {
        let (class, what) = state(node, &agents.on(&node.metadata.name));
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
fn state(node: &Node, agent: &Fact<AgentPod>) -> (&'static str, &'static str) {
    match agent.value() {
        _ if !node.is_ready() => ("error", "not ready"),
        Some(pod) if pod.ready => ("healthy", "ready"),
        Some(_) => ("warning", "calico-node is not ready"),
        None if agent.is_absent() => ("warning", "no calico-node pod"),
        None => ("unknown", "the calico-node pods are unknown"),
    }
}
