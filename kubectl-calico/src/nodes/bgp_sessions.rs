//! The BGP sessions of each node, where a CalicoNodeStatus reports them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use calico_core::cidr::Family;
use serde::Serialize;

use crate::facts::Facts;
use crate::facts::datastore::IN_ETCD;
use crate::facts::fact::Fact;
use crate::snapshot::{
    BgpPeering, BirdRoute, CalicoNodeStatus, ObjectRef, Provenance, Reading, Snapshot,
};
use crate::views::node_addresses::annotation;

/// The state of a session that works.
const ESTABLISHED: &str = "Established";

/// What BIRD on a node reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BgpSessions {
    /// The established sessions.
    pub established: usize,
    /// All sessions; absent if the BIRD of one address family is not ready and no session is reported, because
    /// calico-node then leaves out those of the other family, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// All sessions, those that are down first.
    pub sessions: Vec<BgpSession>,
    /// Whether the BIRD of each address family is ready.
    pub bird: BirdStates,
    /// The number of routes that BIRD knows; absent if they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<RouteCounts>,
    /// When calico-node last reported a change, as RFC 3339 in UTC.
    pub updated: String,
}

/// A session with a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BgpSession {
    /// The address of the peer.
    pub peer: String,
    /// The node that has this address; absent if no node does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// NodeMesh for the node-to-node mesh, NodePeer or GlobalPeer for a BGPPeer.
    #[serde(rename = "type")]
    pub kind: String,
    /// Idle, Connect, Active, OpenSent, OpenConfirm, Established or Close.
    pub state: String,
    /// When the state last changed, as BIRD prints it: a time of day, or a date.
    pub since: String,
}

/// Whether BIRD is ready: Ready or NotReady; absent if it was not asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BirdStates {
    /// BIRD for IPv4.
    #[serde(rename = "ipv4", skip_serializing_if = "Option::is_none")]
    pub v4: Option<String>,
    /// BIRD for IPv6. It also runs where IPv6 is not used.
    #[serde(rename = "ipv6", skip_serializing_if = "Option::is_none")]
    pub v6: Option<String>,
}

/// How many routes BIRD knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RouteCounts {
    /// All routes.
    pub total: usize,
    /// The routes that the kernel uses.
    pub in_kernel: usize,
    /// The routes that were learned from BGP peers.
    pub from_peers: usize,
}

impl BgpSession {
    /// Whether the session is established.
    pub fn is_established(&self) -> bool {
        self.state == ESTABLISHED
    }
}

impl BgpSessions {
    /// The sessions that are not established.
    pub fn down(&self) -> impl Iterator<Item = &BgpSession> {
        self.sessions.iter().filter(|it| !it.is_established())
    }

    /// Whether a BIRD that was asked for is not ready.
    pub fn is_bird_down(&self) -> bool {
        [&self.bird.v4, &self.bird.v6]
            .into_iter()
            .flatten()
            .any(|state| state == "NotReady")
    }

    fn of(status: &CalicoNodeStatus, nodes: &BTreeMap<IpAddr, &str>) -> Self {
        let report = &status.status;
        let peers = report.bgp.peers_v4.iter().chain(&report.bgp.peers_v6);
        let mut sessions: Vec<BgpSession> = peers.map(|peer| session(peer, nodes)).collect();
        sessions.sort_by_key(BgpSession::is_established);
        let asked = |state: &String| (!state.is_empty()).then(|| state.clone());
        let bird = BirdStates {
            v4: asked(&report.agent.bird_v4.state),
            v6: asked(&report.agent.bird_v6.state),
        };
        // node/pkg/status/populators/peers.go of v3.32.1 clears both families if one BIRD has no socket.
        let is_cleared = sessions.is_empty()
            && [&bird.v4, &bird.v6]
                .into_iter()
                .flatten()
                .any(|state| state != "Ready");
        Self {
            established: sessions.iter().filter(|it| it.is_established()).count(),
            total: (!is_cleared).then_some(sessions.len()),
            sessions,
            bird,
            routes: asks_for_routes(status).then(|| {
                let routes = &report.routes;
                RouteCounts::of(routes.routes_v4.iter().chain(&routes.routes_v6))
            }),
            updated: report
                .last_updated
                .as_ref()
                .map(|time| time.0.to_string())
                .unwrap_or_default(),
        }
    }
}

fn asks_for_routes(status: &CalicoNodeStatus) -> bool {
    status.spec.classes.iter().any(|class| class == "Routes")
}

impl RouteCounts {
    fn of<'a>(routes: impl Iterator<Item = &'a BirdRoute>) -> Self {
        let mut counts = Self {
            total: 0,
            in_kernel: 0,
            from_peers: 0,
        };
        for route in routes {
            counts.total += 1;
            counts.in_kernel += usize::from(route.kind == "FIB");
            let source = route.learned_from.source_type.as_str();
            counts.from_peers += usize::from(matches!(source, "NodeMesh" | "BGPPeer"));
        }
        counts
    }
}

fn session(peer: &BgpPeering, nodes: &BTreeMap<IpAddr, &str>) -> BgpSession {
    let address = peer.peer_ip.parse().ok();
    let node = address.and_then(|address: IpAddr| nodes.get(&address));
    BgpSession {
        peer: peer.peer_ip.clone(),
        node: node.map(|node| (*node).to_owned()),
        kind: peer.kind.clone(),
        state: peer.state.clone(),
        since: peer.since.clone(),
    }
}

/// The reports of a snapshot by node.
pub(super) struct BgpReports<'a> {
    statuses: &'a Reading<Vec<CalicoNodeStatus>>,
    in_etcd: bool,
    /// The latest report of each node.
    by_node: BTreeMap<&'a str, &'a CalicoNodeStatus>,
    /// The nodes by the addresses that Calico uses.
    nodes: BTreeMap<IpAddr, &'a str>,
}

impl<'a> BgpReports<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, facts: &Facts) -> Self {
        let mut by_node: BTreeMap<&str, &CalicoNodeStatus> = BTreeMap::new();
        let statuses = snapshot.calico_node_statuses.items().iter();
        for status in statuses.filter(|status| status.reports_bgp()) {
            let known = by_node.entry(&status.spec.node).or_insert(status);
            let time =
                |status: &CalicoNodeStatus| status.status.last_updated.as_ref().map(|it| it.0);
            if time(status) > time(known) {
                *known = status;
            }
        }
        let addresses = snapshot.nodes.items().iter().flat_map(|node| {
            Family::BOTH.into_iter().filter_map(|family| {
                let text = node.metadata.annotation(annotation(family))?;
                let (address, _) = text.split_once('/').unwrap_or((text, ""));
                Some((address.parse().ok()?, node.metadata.name.as_str()))
            })
        });
        Self {
            statuses: &snapshot.calico_node_statuses,
            in_etcd: facts.install.is_in_etcd(),
            by_node,
            nodes: addresses.collect(),
        }
    }

    pub(super) fn on(&self, node: &str) -> Fact<BgpSessions> {
        if self.in_etcd {
            return Fact::unknown(IN_ETCD);
        }
        match (self.statuses, self.by_node.get(node)) {
            (Reading::Unknown(why), _) => why.clone().into(),
            (_, Some(status)) => {
                let object = ObjectRef::of("CalicoNodeStatus", &status.metadata);
                let sessions = BgpSessions::of(status, &self.nodes);
                Fact::known(sessions, Provenance::new(object, "status"))
            }
            _ => Fact::absent("no CalicoNodeStatus reports them"),
        }
    }
}
