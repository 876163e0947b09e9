//! The BGP sessions between nodes without the node-to-node mesh, as far as BGPPeers and the labels of nodes that are
//! read show them.
//!
//! Source: projectcalico/calico v3.32.1, confd/pkg/backends/calico/client.go (`updatePeersV1`): a BGPPeer configures
//! the nodes that it selects, and in return the nodes that it has them peer with.

use std::net::IpAddr;

use calico_core::cidr::Family;
use calico_core::selector::Selector;

use super::node_addresses::annotation;
use super::node_labels::is_selected;
use crate::snapshot::{BgpPeerSpec, Node, Snapshot};

/// Makes a node a route reflector.
pub const CLUSTER_ID: &str = "projectcalico.org/RouteReflectorClusterID";

/// The number of a node's own autonomous system. Between two of these, nodes pass on what they have learned.
const AS_NUMBER: &str = "projectcalico.org/ASNumber";

/// The nodes of which pairs are compared.
const MOST_NODES: usize = 200;

/// The nodes that run calico-node, and the sessions of each BGPPeer.
pub struct BgpTopology<'a> {
    nodes: Vec<&'a Node>,
    peerings: Vec<Peering>,
}

/// The nodes that a BGPPeer configures, and what they peer with. What depends on a label that is not read is `None`.
struct Peering {
    local: Vec<Option<bool>>,
    remote: Remote,
    /// Whether it selects both by the same expression, so that all of them peer with each other.
    is_mesh: bool,
}

/// What nodes peer with.
enum Remote {
    Nodes(Vec<Option<bool>>),
    Outside,
    Pods,
}

impl<'a> BgpTopology<'a> {
    /// That of a snapshot. A node that calico-node has not given an address does not run BIRD yet.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let nodes = snapshot.nodes.items().iter();
        let has_address = |node: &&Node| {
            Family::BOTH
                .into_iter()
                .any(|it| address(node, it).is_some())
        };
        let nodes: Vec<&Node> = nodes
            .filter(|node| node.is_linux())
            .filter(has_address)
            .collect();
        let peers = snapshot.bgp_peers.items().iter();
        let peerings = peers.map(|peer| Peering::of(&peer.spec, &nodes)).collect();
        Self { nodes, peerings }
    }

    /// The nodes.
    pub fn nodes(&self) -> &[&'a Node] {
        &self.nodes
    }

    /// The nodes without any session.
    pub fn nodes_without_peer(&self) -> Vec<&'a Node> {
        let nodes = self.nodes.iter().enumerate();
        let alone = nodes.filter(|(at, _)| {
            any(self.peerings.iter().map(|peering| peering.gives(*at))) == Some(false)
        });
        alone.map(|(_, node)| *node).collect()
    }

    /// Whether a BGPPeer is, or may be, anything but a node.
    pub fn leaves_nodes(&self) -> bool {
        let is_of_nodes = |it: &Peering| matches!(it.remote, Remote::Nodes(_));
        !self.peerings.iter().all(is_of_nodes)
    }

    /// Whether some nodes can only learn each other's routes from a third one, which passes them on only if it is a
    /// route reflector, and no node is one. `None` if that depends on labels that are not read.
    pub fn lacks_reflector(&self) -> Option<bool> {
        let has = |key: &str| {
            self.nodes
                .iter()
                .any(|node| node.metadata.annotation(key).is_some())
        };
        let is_between_nodes = |it: &Peering| {
            matches!(it.remote, Remote::Nodes(_))
                || it.local.iter().all(|local| *local == Some(false))
        };
        if has(CLUSTER_ID) || has(AS_NUMBER) || !self.peerings.iter().all(is_between_nodes) {
            return Some(false);
        }
        let count = self.nodes.len().min(MOST_NODES);
        let pairs = (0..count).flat_map(|one| (0..one).map(move |other| (one, other)));
        let joined = pairs.map(|(one, other)| {
            any(self
                .peerings
                .iter()
                .map(|peering| peering.joins(one, other)))
        });
        let lacks = any(joined.map(|joined| joined.map(|joined| !joined)));
        let is_mesh = self.peerings.iter().any(|peering| peering.is_mesh);
        lacks.or(is_mesh.then_some(false))
    }
}

impl Peering {
    fn of(spec: &BgpPeerSpec, nodes: &[&Node]) -> Self {
        let local: Vec<Option<bool>> = if !spec.node_selector.is_empty() {
            selected(&spec.node_selector, nodes)
        } else if spec.node.is_empty() {
            vec![Some(true); nodes.len()]
        } else {
            let is_named = |node: &&Node| Some(node.metadata.name == spec.node);
            nodes.iter().map(is_named).collect()
        };
        let peer = ip_of(&spec.peer_ip);
        let is_peer = |node: &&Node| {
            Family::BOTH
                .into_iter()
                .any(|family| peer.is_some() && address(node, family) == peer)
        };
        let remote = if !spec.local_workload_selector.is_empty() {
            Remote::Pods
        } else if !spec.peer_selector.is_empty() {
            Remote::Nodes(selected(&spec.peer_selector, nodes))
        } else if peer.is_some() && !nodes.iter().any(is_peer) {
            Remote::Outside
        } else {
            Remote::Nodes(nodes.iter().map(|node| Some(is_peer(node))).collect())
        };
        let is_mesh = !spec.peer_selector.is_empty() && spec.peer_selector == spec.node_selector;
        Self {
            local,
            remote,
            is_mesh,
        }
    }

    /// Whether it gives a node a session.
    fn gives(&self, at: usize) -> Option<bool> {
        let local = of(&self.local, at);
        match &self.remote {
            Remote::Outside => local,
            // Whether any of them runs is not known.
            Remote::Pods => both(local, None),
            Remote::Nodes(remote) => any([
                both(local, others(remote, at)),
                both(of(remote, at), others(&self.local, at)),
            ]),
        }
    }

    /// Whether two nodes have a session with each other because of it.
    fn joins(&self, one: usize, other: usize) -> Option<bool> {
        let Remote::Nodes(remote) = &self.remote else {
            return Some(false);
        };
        any([
            both(of(&self.local, one), of(remote, other)),
            both(of(&self.local, other), of(remote, one)),
        ])
    }
}

fn selected(selector: &str, nodes: &[&Node]) -> Vec<Option<bool>> {
    let selector = Selector::parse(selector).map(|selector| [selector]);
    let is_selected = |node: &&Node| is_selected(selector.as_ref().ok()?, node);
    nodes.iter().map(is_selected).collect()
}

/// The address that calico-node stored.
fn address(node: &Node, family: Family) -> Option<IpAddr> {
    let text = node.metadata.annotation(annotation(family))?;
    text.split('/').next()?.parse().ok()
}

/// The address of `10.0.0.1`, `10.0.0.1:179` or `[fd00::1]:179`.
fn ip_of(peer: &str) -> Option<IpAddr> {
    let with_port = || Some(peer.parse::<std::net::SocketAddr>().ok()?.ip());
    peer.parse().ok().or_else(with_port)
}

fn of(nodes: &[Option<bool>], at: usize) -> Option<bool> {
    nodes.get(at).copied().flatten()
}

/// Whether any other node is one of them.
fn others(nodes: &[Option<bool>], at: usize) -> Option<bool> {
    let nodes = nodes.iter().enumerate();
    any(nodes
        .filter(|(other, _)| *other != at)
        .map(|(_, node)| *node))
}

fn any(values: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for value in values {
        match value {
            Some(true) => return value,
            Some(false) => {}
            None => any = None,
        }
    }
    any
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
