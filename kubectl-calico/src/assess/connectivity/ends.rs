//! The two nodes between which the connection is tested.

use std::collections::BTreeSet;
use std::net::IpAddr;

use calico_core::cidr::{Cidr, Family};

use crate::phrases::pasted;
use crate::snapshot::{Node, Pod, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::{node_addresses, pods};

/// A pod, the node that it is on, and another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The family of the pod's address.
    pub family: Family,
    /// The node that packets are sent from.
    pub from: End,
    /// The node that the pod is on.
    pub to: End,
    /// The pod's address, if a pod is known.
    pub pod: Option<IpAddr>,
    /// Whether the nodes share a subnet.
    pub same_subnet: bool,
}

/// One of the nodes. All of it is safe to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The name of the node.
    pub node: String,
    /// The address that Calico uses, or else the InternalIP.
    pub address: String,
    /// `-n NAMESPACE NAME` of its calico-node.
    pub agent: String,
}

impl Ends {
    /// Ends that the reader fills in.
    pub fn unknown() -> Self {
        let end = |letter| End {
            node: format!("NODE_{letter}"),
            address: format!("ADDRESS_OF_NODE_{letter}"),
            agent: format!("-n calico-system CALICO_NODE_ON_{letter}"),
        };
        Self {
            family: Family::V4,
            from: end('A'),
            to: end('B'),
            pod: None,
            same_subnet: false,
        }
    }

    /// The pod's address, or a placeholder.
    pub fn pod(&self) -> String {
        self.pod
            .map_or_else(|| "ADDRESS_OF_POD".to_owned(), |it| it.to_string())
    }

    /// Those of a snapshot: an unready pod if there is one, and another node; `None` with fewer than two
    /// nodes.
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let nodes = snapshot.nodes.items().iter();
        let mut nodes: Vec<&Node> = nodes
            .filter(|node| node.is_linux() && !node.is_virtual())
            .collect();
        if let Some(meant) = nodes_with_agents(snapshot) {
            nodes.retain(|node| meant.contains(node.metadata.name.as_str()));
        }
        nodes.sort_by_key(|node| (!node.is_ready(), &node.metadata.name));
        let pod = reachable(snapshot, &nodes);
        let unready = unready_agent(snapshot, &nodes);
        let pod = pod.filter(|pod| {
            !pod.is_ready() || unready.is_none_or(|node| node.metadata.name == pod.spec.node_name)
        });
        let address = pod.and_then(|pod| pod.status.pod_ip.parse::<IpAddr>().ok());
        let family = match address {
            Some(IpAddr::V6(_)) => Family::V6,
            _ => Family::V4,
        };
        let to = match pod {
            Some(pod) => named(&nodes, &pod.spec.node_name)?,
            None => unready.or_else(|| nodes.get(1).copied())?,
        };
        let mut others = nodes.iter().filter(|node| !std::ptr::eq(**node, to));
        let from = others.next()?;
        Some(Self {
            family,
            from: End::of(snapshot, from, family),
            to: End::of(snapshot, to, family),
            pod: address,
            same_subnet: is_same_subnet(from, to),
        })
    }
}

/// The pods of calico-node.
fn agents(snapshot: &Snapshot) -> Vec<&Pod> {
    let sets = CalicoNode::all(snapshot);
    let pods = sets
        .iter()
        .flat_map(|set| pods::of(snapshot, &set.set.metadata, set.selector()));
    pods.collect()
}

/// The nodes with a calico-node, if it is meant for some of them only and runs on these.
fn nodes_with_agents(snapshot: &Snapshot) -> Option<BTreeSet<&str>> {
    let agents = agents(snapshot).into_iter();
    let nodes: BTreeSet<&str> = agents
        .map(|pod| pod.spec.node_name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let sets = CalicoNode::all(snapshot);
    let desired: u32 = sets.iter().filter_map(CalicoNode::desired).sum();
    let is_complete = usize::try_from(desired).is_ok_and(|desired| desired == nodes.len());
    (is_complete && nodes.len() > 1).then_some(nodes)
}

/// A node whose calico-node runs and is not ready.
fn unready_agent<'a>(snapshot: &Snapshot, nodes: &[&'a Node]) -> Option<&'a Node> {
    let agents = agents(snapshot).into_iter();
    let mut unready = agents.filter(|pod| pod.status.phase == "Running" && !pod.is_ready());
    unready.find_map(|pod| named(nodes, &pod.spec.node_name).filter(|node| !node.is_silent()))
}

fn named<'a>(nodes: &[&'a Node], name: &str) -> Option<&'a Node> {
    let mut nodes = nodes.iter();
    nodes.find(|node| node.metadata.name == name).copied()
}

/// A running pod with an address of its own on one of the nodes: one that is not ready, or else any.
fn reachable<'a>(snapshot: &'a Snapshot, nodes: &[&Node]) -> Option<&'a Pod> {
    let pods = snapshot.calico_pods.items().iter();
    let connected = pods.filter(|pod| {
        !pod.spec.host_network
            && pod.status.phase == "Running"
            && pod.status.pod_ip.parse::<IpAddr>().is_ok()
            && named(nodes, &pod.spec.node_name).is_some()
    });
    connected.min_by_key(|pod| (pod.is_ready(), &pod.metadata.name))
}

/// Whether each of the nodes is in the subnet of the other, as Calico detected them.
fn is_same_subnet(one: &Node, other: &Node) -> bool {
    let subnet = |node: &Node| {
        let address = node.metadata.annotation(node_addresses::ANNOTATION)?;
        address.parse::<Cidr>().ok()
    };
    matches!((subnet(one), subnet(other)), (Some(one), Some(other))
        if one.holds(other.address()) && other.holds(one.address()))
}

impl End {
    fn of(snapshot: &Snapshot, node: &Node, family: Family) -> Self {
        let used = node.metadata.annotation(node_addresses::ANNOTATION);
        let used = used.map(|used| used.split('/').next().unwrap_or_default());
        let candidates = used.into_iter().chain(node.internal_addresses());
        let mut addresses = candidates.filter_map(|text| text.parse::<IpAddr>().ok());
        let address = addresses.find(|address| is_of(*address, family));
        Self {
            node: pasted(&node.metadata.name).to_owned(),
            address: address.map_or_else(|| "ADDRESS_OF_NODE".to_owned(), |it| it.to_string()),
            agent: agent(snapshot, &node.metadata.name),
        }
    }
}

fn is_of(address: IpAddr, family: Family) -> bool {
    address.is_ipv6() == (family == Family::V6)
}

fn agent(snapshot: &Snapshot, node: &str) -> String {
    let sets = CalicoNode::all(snapshot);
    let mut agents = sets
        .iter()
        .flat_map(|set| pods::of(snapshot, &set.set.metadata, set.selector()));
    let agent = agents.find(|pod| pod.spec.node_name == node);
    let (namespace, name) = agent.map_or((None, "NAME"), |pod| {
        (
            pod.metadata.namespace.as_deref(),
            pasted(&pod.metadata.name),
        )
    });
    format!("-n {} {name}", pasted(namespace.unwrap_or("calico-system")))
}
