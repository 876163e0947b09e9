//! Whether the node-to-node mesh is too large.

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::agents::Agents;
use crate::facts::routing_mode::{RoutesBy, RoutingMode};
use crate::facts::thresholds::MESH_NODES;
use crate::repair::Step;
use crate::repair::installation_change::change_installation;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{BGP_CONFIGURATIONS, DAEMON_SETS, IP_POOLS};

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
        let by_operator = case.facts.install.is_left_to_operator();
        let is_needed = by_bird(case).is_some() || leaves_the_cluster(case);
        let step = match (is_needed, by_operator) {
            (false, true) => change_installation(
                &case.facts.install,
                "disable BGP, unless routers outside the cluster peer with the nodes: no pool needs it, there is no \
                 BGPPeer, and no Service is advertised",
                &json!({"calicoNetwork": {"bgp": "Disabled"}}),
            ),
            _ => Step::new("peer with route reflectors instead"),
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
        .fixed_by(step);
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
pub(super) fn by_bird<'a>(case: &Case<'a>) -> Option<&'a RoutingMode> {
    let mut modes = case.facts.routing.known_modes().iter();
    modes.find(|mode| mode.routes_by == Some(RoutesBy::Bird))
}

/// The number of nodes that calico-node is scheduled to.
pub(super) fn nodes(case: &Case) -> u32 {
    let agents = case.facts.agents.value();
    agents.and_then(Agents::desired).unwrap_or_default()
}
