//! What the BGP sessions of several nodes have in common: one peer is down, one node is cut off, or all
//! sessions are down.

use std::collections::{BTreeMap, BTreeSet};

use super::bgp_sessions::{BgpSession, BgpSessions};
use super::node_summary::NodeSummary;
use crate::phrases::{counted, few};

/// The port of BGP, unless a BGPConfiguration has another one.
const PORT: &str = "TCP port 179";

/// A node that reports its sessions.
struct Reporter<'a> {
    name: &'a str,
    sessions: &'a BgpSessions,
}

impl Reporter<'_> {
    fn is_cut_off(&self) -> bool {
        self.sessions.established == 0 && !self.sessions.sessions.is_empty()
    }
}

/// A sentence without a full stop for each cause that explains sessions that are down, the widest first.
pub(super) fn bgp_verdict(nodes: &[NodeSummary]) -> Vec<String> {
    let reporters: Vec<Reporter> = nodes
        .iter()
        .filter_map(|node| {
            let sessions = node.bgp.value()?;
            let name = node.name.as_str();
            Some(Reporter { name, sessions })
        })
        .collect();
    let mut verdict = Vec::new();
    verdict.extend(without_bird(&reporters));
    let (cut_off, others): (Vec<&Reporter>, Vec<&Reporter>) = reporters
        .iter()
        .filter(|it| !it.sessions.sessions.is_empty())
        .partition(|it| it.is_cut_off());
    if others.is_empty() {
        verdict.extend(all_down(&cut_off));
        return verdict;
    }
    let lost: BTreeSet<&str> = cut_off.iter().map(|it| it.name).collect();
    verdict.extend(cut_off.iter().map(|it| isolated(it, others.len())));
    let mut pairs = Vec::new();
    for (peer, sides) in by_peer(&others) {
        // What a node that is cut off explains.
        if sides.first().is_some_and(|(_, session)| {
            session
                .node
                .as_deref()
                .is_some_and(|node| lost.contains(node))
        }) {
            continue;
        }
        let down: Vec<&(&str, &BgpSession)> = sides
            .iter()
            .filter(|(_, it)| !it.is_established())
            .collect();
        match (down.as_slice(), sides.len()) {
            ([], _) => {}
            (down, all) if down.len() == all => verdict.push(peer_down(peer, down)),
            (down, _) => pairs.extend(down.iter().map(|(node, session)| pair(node, session))),
        }
    }
    if !pairs.is_empty() {
        pairs.sort();
        pairs.dedup();
        verdict.push(format!(
            "these BGP sessions are down, while other sessions of both ends are established: {}; check \
             {PORT} between the two",
            few(&pairs)
        ));
    }
    verdict
}

fn without_bird(reporters: &[Reporter]) -> Option<String> {
    let names: Vec<&str> = reporters
        .iter()
        .filter(|it| it.sessions.is_bird_down())
        .map(|it| it.name)
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "BIRD is not ready on {}: see the log of calico-node there",
            few(&names)
        )
    })
}

fn all_down(cut_off: &[&Reporter]) -> Option<String> {
    let names: Vec<&str> = cut_off.iter().map(|it| it.name).collect();
    match names.as_slice() {
        [] => None,
        [only] => Some(format!(
            "no BGP session of {only} is established, and no other node reports its sessions: ask more \
             nodes to tell the node from the network"
        )),
        _ => Some(format!(
            "no BGP session is established on any of the {} that report them: the network between them drops \
             {PORT}, or all of them have the wrong peers",
            counted(names.len(), "node")
        )),
    }
}

fn isolated(node: &Reporter, others: usize) -> String {
    format!(
        "{} has none of its {} established, while {} that {} theirs {}: check the network and calico-node of {}",
        node.name,
        counted(node.sessions.sessions.len(), "BGP session"),
        counted(others, "node"),
        if others == 1 { "reports" } else { "report" },
        if others == 1 { "has some" } else { "have some" },
        node.name
    )
}

fn peer_down(peer: &str, down: &[&(&str, &BgpSession)]) -> String {
    let peer = match down
        .first()
        .and_then(|(_, session)| session.node.as_deref())
    {
        Some(node) => format!("{node} ({peer})"),
        None => format!("peer {peer}"),
    };
    let names: Vec<&str> = down.iter().map(|(node, _)| *node).collect();
    format!(
        "{peer} has no established BGP session with {}, whose other sessions are established: check {PORT} \
         and BGP on {peer}",
        few(&names)
    )
}

fn pair(node: &str, session: &BgpSession) -> String {
    let peer = session.node.as_deref().unwrap_or(&session.peer);
    let (first, second) = if session.node.is_some() && peer < node {
        (peer, node)
    } else {
        (node, peer)
    };
    format!("{first} and {second}")
}

/// The sessions with each peer, and the nodes that report them.
fn by_peer<'a>(reporters: &[&Reporter<'a>]) -> BTreeMap<&'a str, Vec<(&'a str, &'a BgpSession)>> {
    let mut peers: BTreeMap<&str, Vec<(&str, &BgpSession)>> = BTreeMap::new();
    for reporter in reporters {
        for session in &reporter.sessions.sessions {
            let sides = peers.entry(session.peer.as_str()).or_default();
            sides.push((reporter.name, session));
        }
    }
    peers
}
