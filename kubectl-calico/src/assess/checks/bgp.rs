//! Whether nodes have BGP peers, and not too many.

use calico_core::catalog::Entry;
use serde_json::json;

use super::routes::only_on_their_own;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::agents::Agents;
use crate::assess::facts::routing_mode::{RoutesBy, RoutingMode};
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::few;
use crate::assess::thresholds::MESH_NODES;
use crate::repair::kubectl::merge_installation_spec;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{BGP_CONFIGURATIONS, BGP_PEERS, DAEMON_SETS, IP_POOLS};

pub(crate) const NO_PEERS: Check = Check {
    entry: Entry {
        code: "CAL304",
        title: "the node-to-node mesh is disabled, and no BGP peers exist",
        meaning: "BIRD must program the routes between nodes, but the nodes do not peer with each \
                  other, and there is no BGPPeer to replace the mesh.",
        impact: "No node learns the routes to the pods of other nodes: pods can reach only pods on \
                 their own node.",
        criteria: "BGPConfiguration default sets nodeToNodeMeshEnabled: false, no BGPPeer exists, \
                   and a pool in use by pods has encapsulation IPIP or None, with routes \
                   programmed by BIRD. VXLAN does not need BGP. Whether existing BGPPeers cover \
                   all nodes is not checked. With a single node, the finding is a warning.",
        fix: "Enable the node-to-node mesh, or add BGPPeers (route reflectors or routers).",
        source: "Calico documentation, Configure BGP peering",
    },
    needs: &[&BGP_CONFIGURATIONS, &BGP_PEERS, &IP_POOLS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let bgp = &case.facts.routing.bgp;
        let by_bird = by_bird(case);
        let alone = bgp.runs.value() == Some(&true)
            && bgp.mesh.value() == Some(&false)
            && bgp.peers.value().is_none_or(|peers| *peers == 0);
        let (Some(mode), true) = (by_bird, alone) else {
            return Vec::new();
        };
        let one_node = nodes(case) <= 1;
        let severity = if one_node {
            Severity::Warning
        } else {
            Severity::Error
        };
        let finding = Finding::new(
            &NO_PEERS.entry,
            severity,
            ObjectRef::named("BGPConfiguration", "default"),
            "the nodes have no BGP peers, but their routes depend on BGP",
        )
        .evidence(
            ObjectRef::named("BGPConfiguration", "default"),
            "spec.nodeToNodeMeshEnabled",
            false,
        )
        .evidence(ObjectRef::all("BGPPeer"), "count", 0)
        .evidence(ObjectRef::all("IPPool"), "routes by BIRD", few(&mode.pools))
        .impact(only_on_their_own(one_node))
        .fix("enable the node-to-node mesh, or add BGPPeers")
        .paste(ResourceWriter::of(case.snapshot).patch_spec(
            resource_writer::BGP_CONFIGURATIONS,
            "default",
            &json!({"nodeToNodeMeshEnabled": true}),
        ));
        vec![finding]
    },
};

pub(crate) const LARGE_MESH: Check = Check {
    entry: Entry {
        code: "CAL308",
        title: "the node-to-node mesh is large",
        meaning: "More than 100 nodes each peer with every other node.",
        impact: "n nodes have n(n-1)/2 BGP sessions, n-1 per node. Memory use and the time for \
                 routes to reach every node grow with the number of sessions.",
        criteria: "BIRD runs, the node-to-node mesh is enabled, and calico-node is scheduled to \
                   more than 100 nodes. The finding is a note.",
        fix: "Peer with route reflectors, and disable the mesh once they work. If all pools use \
              VXLAN, nothing depends on BGP unless routers outside the cluster learn routes from \
              it: without a BGPPeer and without advertised Services, disable BGP.",
        source: "Calico documentation, Configure BGP peering",
    },
    needs: &[&BGP_CONFIGURATIONS, &DAEMON_SETS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let bgp = &case.facts.routing.bgp;
        let nodes = nodes(case);
        let mesh = bgp.runs.value() == Some(&true) && bgp.mesh.value() == Some(&true);
        let routes = !case.facts.routing.is_by_others();
        if !(mesh && routes) || nodes <= MESH_NODES {
            return Vec::new();
        }
        let agents = case.facts.agents.value();
        let daemon_set = agents.map_or_else(
            || ObjectRef::all("DaemonSet"),
            |agents| agents.daemon_set.clone(),
        );
        let sessions = u64::from(nodes) * u64::from(nodes.saturating_sub(1)) / 2;
        let by_operator = case.facts.install.is_by_operator();
        let is_needed = by_bird(case).is_some() || leaves_the_cluster(case);
        let (what, command) = match (is_needed, by_operator) {
            (false, true) => (
                case.facts.install.lasting(
                    "disable BGP, unless routers outside the cluster peer with the nodes: no pool needs it, there is no \
                     BGPPeer, and no Service is advertised",
                ),
                merge_installation_spec(&json!({"calicoNetwork": {"bgp": "Disabled"}})),
            ),
            _ => (
                "peer with route reflectors instead".to_owned(),
                String::new().into(),
            ),
        };
        let finding = Finding::note(
            &LARGE_MESH.entry,
            ObjectRef::named("BGPConfiguration", "default"),
            format!("{nodes} nodes in the node-to-node mesh have {sessions} BGP sessions"),
        )
        .evidence(daemon_set, "status.desiredNumberScheduled", nodes)
        .impact(format!(
            "each node has {} BGP sessions, and routes take longer to reach all nodes",
            nodes.saturating_sub(1)
        ))
        .fix(what)
        .paste(command);
        vec![finding]
    },
};

/// Whether routers outside the cluster learn routes, as far as BGP's resources show.
fn leaves_the_cluster(case: &Case) -> bool {
    let mut configurations = case.snapshot.bgp_configurations.items().iter();
    case.facts.routing.bgp.peers.value() != Some(&0)
        || configurations.any(|found| found.spec.advertises_services())
}

/// A mode whose routes BIRD programs.
fn by_bird<'a>(case: &Case<'a>) -> Option<&'a RoutingMode> {
    let mut modes = case.facts.routing.known_modes().iter();
    modes.find(|mode| mode.routes_by == Some(RoutesBy::Bird))
}

/// The number of nodes that calico-node is scheduled to.
fn nodes(case: &Case) -> u32 {
    let agents = case.facts.agents.value();
    agents.and_then(Agents::desired).unwrap_or_default()
}
