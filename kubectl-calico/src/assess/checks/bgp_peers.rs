//! Whether nodes have BGP peers if their routes depend on BGP.

use calico_core::catalog::Entry;
use serde_json::json;

use super::bgp::{by_bird, nodes};
use super::routes::only_on_their_own;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::few;
use crate::repair::Step;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::resources::{BGP_CONFIGURATIONS, BGP_PEERS, DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::bgp_topology::{BgpTopology, CLUSTER_ID};

pub(crate) const NO_PEERS: Check = Check {
    entry: Entry {
        code: "CAL304",
        title: "the node-to-node mesh is disabled, and nodes lack BGP peers",
        meaning: "BIRD must program the routes between nodes, but the nodes do not peer with each \
                  other, and no BGPPeer replaces the mesh: there is none, none gives a node a peer, \
                  or none leads to a route reflector.",
        impact: "A node without a peer learns no routes to the pods of other nodes: its pods can reach \
                 only pods on their own node. Without a route reflector, a node learns only the \
                 routes of its own peers.",
        criteria: "BGPConfiguration default sets nodeToNodeMeshEnabled: false, and a pool in use by pods has \
                   encapsulation IPIP or None, with routes programmed by BIRD. VXLAN does not need BGP. Nodes that \
                   calico-node has not given an address do not count. Of the labels of nodes, only the well-known \
                   ones and route-reflector are read. Whether peers outside the cluster pass routes on is not \
                   checked.\n\
                   - Error: no BGPPeer exists, or none gives a node a peer.\n\
                   - Warning: the same with a single node, or some nodes have no peer.\n\
                   - Error: nodes peer only with nodes, not every pair does, and none has the annotation \
                   projectcalico.org/RouteReflectorClusterID or an AS number of its own. It is a warning if that \
                   depends on labels that are not read.",
        fix: "Enable the node-to-node mesh, or add or correct BGPPeers; label the nodes that they \
              select, and give route reflectors a cluster ID.",
        source: "Calico documentation, Configure BGP peering; projectcalico/calico v3.32.1, \
                 confd/pkg/backends/calico/client.go and bgp_processor.go",
    },
    needs: &[&BGP_CONFIGURATIONS, &BGP_PEERS, &IP_POOLS, &DAEMON_SETS],
    // The labels that BGPPeers select.
    excuses: &[&NODES],
    judges: Judges::Configured,
    find: |case| no_peers(case).into_iter().collect(),
};

fn no_peers(case: &Case) -> Option<Finding> {
    let bgp = &case.facts.routing.bgp;
    by_bird(case)?;
    if bgp.runs.value() != Some(&true) || bgp.mesh.value() != Some(&false) {
        return None;
    }
    if bgp.peers.value().is_none_or(|peers| *peers == 0) {
        let message = "the nodes have no BGP peers, but their routes depend on BGP";
        let finding = without_any(case, message);
        return Some(with_mesh(
            case,
            finding,
            "enable the node-to-node mesh, or add BGPPeers",
        ));
    }
    let topology = BgpTopology::of(case.snapshot);
    let alone = topology.nodes_without_peer();
    if alone.is_empty() {
        return no_reflector(case, &topology);
    }
    if alone.len() < topology.nodes().len() {
        return some_alone(case, &alone);
    }
    let message = "no BGPPeer gives a node a peer, but the routes depend on BGP";
    let what = "correct the BGPPeers, or label the nodes that they select; or enable the node-to-node mesh";
    Some(with_mesh(case, without_any(case, message), what))
}

/// Nodes of which none has a peer.
fn without_any(case: &Case, message: &str) -> Finding {
    let one_node = nodes(case) <= 1;
    let severity = if one_node {
        Severity::Warning
    } else {
        Severity::Error
    };
    let configuration = ObjectRef::named("BGPConfiguration", "default");
    let finding = Finding::new(&NO_PEERS.entry, severity, configuration, message);
    evidence(case, finding).impact(only_on_their_own(one_node))
}

fn some_alone(case: &Case, alone: &[&Node]) -> Option<Finding> {
    let first = alone.first()?;
    let names: Vec<&str> = alone
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect();
    let finding = Finding::warning(
        &NO_PEERS.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!(
            "no BGPPeer gives {} a peer, but the routes depend on BGP",
            few(&names)
        ),
    );
    let finding = evidence(case, finding)
        .impact("pods there and pods on other nodes cannot reach each other");
    let what = "add or correct a BGPPeer for these nodes, or enable the node-to-node mesh";
    Some(with_mesh(case, finding, what))
}

fn no_reflector(case: &Case, topology: &BgpTopology) -> Option<Finding> {
    let severity = match topology.lacks_reflector() {
        Some(false) => return None,
        Some(true) => Severity::Error,
        None => Severity::Warning,
    };
    let finding = Finding::new(
        &NO_PEERS.entry,
        severity,
        ObjectRef::named("BGPConfiguration", "default"),
        "no node is a route reflector, but not every node peers with every other one",
    );
    let finding = evidence(case, finding)
        .evidence(
            ObjectRef::all("Node"),
            format!("count (annotation {CLUSTER_ID})"),
            0,
        )
        .impact("pods on nodes that do not peer with each other cannot reach each other")
        .fix("give every route reflector the same cluster ID; NODE is the name of one")
        .paste(format!(
            "kubectl annotate nodes NODE {CLUSTER_ID}=244.0.0.1"
        ));
    Some(finding)
}

/// Adds what determines the sessions of nodes.
fn evidence(case: &Case, finding: Finding) -> Finding {
    let finding = finding.evidence(
        ObjectRef::named("BGPConfiguration", "default"),
        "spec.nodeToNodeMeshEnabled",
        false,
    );
    let peers = case.snapshot.bgp_peers.items();
    let finding = match peers.len() {
        0 => finding.evidence(ObjectRef::all("BGPPeer"), "count", 0),
        _ => finding.for_few(peers.iter(), |finding, peer| {
            let object = ObjectRef::named("BGPPeer", &peer.metadata.name);
            let fields = [
                ("spec.node", &peer.spec.node),
                ("spec.nodeSelector", &peer.spec.node_selector),
                ("spec.peerIP", &peer.spec.peer_ip),
                ("spec.peerSelector", &peer.spec.peer_selector),
            ];
            let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
            given.fold(finding, |finding, (field, value)| {
                finding.evidence(&object, field, value)
            })
        }),
    };
    let pools = by_bird(case).map(|mode| few(&mode.pools));
    finding.evidence(
        ObjectRef::all("IPPool"),
        "with routes by BIRD",
        pools.unwrap_or_default(),
    )
}

fn with_mesh(case: &Case, finding: Finding, what: &str) -> Finding {
    let enable = ResourceWriter::of(case.snapshot).patch_spec(
        resource_writer::BGP_CONFIGURATIONS,
        "default",
        &json!({"nodeToNodeMeshEnabled": true}),
    );
    finding.fixed_by(Step::new(what).run(enable))
}
