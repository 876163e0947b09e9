//! Whether routers between the subnets of nodes know where unencapsulated traffic of pods belongs.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use calico_core::selector::Selector;

use crate::assess::advice::pool_fixes::encapsulate;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::Finding;
use crate::facts::bgp;
use crate::facts::cloud::Cloud;
use crate::facts::cloud_network::Unencapsulated;
use crate::facts::dataplane::is_encrypted;
use crate::repair::Step;
use crate::repair::step::either;
use crate::snapshot::resources::{
    BGP_CONFIGURATIONS, BGP_PEERS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS,
    NODES,
};
use crate::snapshot::{Node, ObjectRef};
use crate::views::bgp_topology::BgpTopology;
use crate::views::felix::Felix;
use crate::views::node_addresses::annotation;
use crate::views::node_labels::is_selected;
use crate::views::node_subnets::{apart, is_each_alone};

pub(crate) const PLAIN_ACROSS_SUBNETS: Check = Check {
    entry: Entry {
        code: "CAL323",
        title: "unencapsulated traffic crosses subnets, and no router learns the routes to pods",
        meaning: "A pool has encapsulation None, its nodes are in several subnets, and nodes exchange routes only with \
                  each other.",
        impact: "A node sends packets for pods in another subnet to the router between them, which has no route for \
                 the pods' addresses and drops them: pods reach only pods in their own subnet.",
        criteria: "The subnet of a node is that of the annotation projectcalico.org/IPv4Address or IPv6Address. A node \
                   without a subnet (mask /32, or /128 for IPv6) counts only on Hetzner, where every packet passes a \
                   router. The finding is a warning, because routers can have static routes, which the Kubernetes API \
                   does not show.\n\
                   - Not reported: a BGPPeer is, or may be, anything but a node.\n\
                   - Not reported: host-local IPAM, or nodes with routes of the cloud (reason RouteCreated).\n\
                   - Not reported: Azure and Google Cloud, which CAL317 is about.\n\
                   - Not reported: WireGuard carries the traffic; or BIRD does not program the routes.",
        fix: "Encapsulate between subnets, with VXLANCrossSubnet or IPIPCrossSubnet; or have the nodes peer with the \
              routers.",
        source: "Calico documentation, Determine best networking option; projectcalico/calico v3.32.1, \
                 confd/etc/calico/confd/templates (the next hop of a route is the other node's address)",
    },
    needs: &[&IP_POOLS, &NODES],
    // Who else learns the routes, and what else carries the traffic.
    excuses: &[
        &BGP_PEERS,
        &BGP_CONFIGURATIONS,
        &FELIX_CONFIGURATIONS,
        &DAEMON_SETS,
        &INSTALLATIONS,
    ],
    judges: Judges::Requested {
        remedy: Remedy::Encapsulation,
    },
    find: |case| {
        if !is_left_to_routers(case) {
            return Vec::new();
        }
        let pools = candidate_pools(case);
        pools
            .iter()
            .filter_map(|pool| finding(case, pool))
            .collect()
    },
};

/// Whether the nodes' routes to pods are known to lead through routers that Calico tells nothing.
fn is_left_to_routers(case: &Case) -> bool {
    let routing = &case.facts.routing;
    let felix = Felix::of(case.snapshot);
    let by_bird = routing.bgp.runs.value() == Some(&true)
        && bgp::depends_on_bird(case.snapshot, Encapsulation::None);
    let nodes = case.snapshot.nodes.items();
    let is_excused = |node: &Node| node.has_route_of_cloud() || is_encrypted(&felix, node);
    let cloud = case.facts.cluster.cloud.value();
    let is_judged = cloud.is_some_and(|cloud| {
        matches!(
            cloud.network().unencapsulated,
            Unencapsulated::WithRoutes { .. }
        )
    });
    by_bird
        && case.facts.by_calico_ipam() == Some(true)
        && routing.bgp.peers.value().is_some()
        && !BgpTopology::of(case.snapshot).leaves_nodes()
        && !nodes.iter().any(is_excused)
        && !is_judged
}

fn finding(case: &Case, pool: &CandidatePool) -> Option<Finding> {
    let encapsulation = pool.encapsulation.filter(|_| pool.has_pods)?;
    let family = pool.family()?;
    if encapsulation != Encapsulation::None {
        return None;
    }
    let with_host_masks = case.facts.cluster.cloud.value() == Some(&Cloud::Hetzner);
    let nodes = nodes_of(case, pool);
    let [one, other] = apart(&nodes, family, with_host_masks)?;
    let subnet = |(node, cidr): &(&Node, Cidr)| format!("{} in {cidr}", node.metadata.name);
    let finding = Finding::warning(
        &PLAIN_ACROSS_SUBNETS.entry,
        pool.object(),
        format!(
            "unencapsulated traffic crosses subnets ({}, {}), and no router learns the routes to pods",
            subnet(&one),
            subnet(&other)
        ),
    )
    .evidence(pool.object(), pool.field("encapsulation"), encapsulation);
    let key = annotation(family);
    let finding = [&one, &other]
        .into_iter()
        .fold(finding, |finding, (node, _)| {
            let address = node.metadata.annotation(key).unwrap_or_default();
            let object = ObjectRef::named("Node", &node.metadata.name);
            finding.evidence(object, format!("annotation {key}"), address)
        });
    let pass = Step::new(
        "none needed if pods on nodes in different subnets reach each other; otherwise have the nodes peer with the \
         routers between the subnets (BGPPeer)",
    );
    let to = if is_each_alone(case.snapshot.nodes.items(), family) {
        Encapsulation::Vxlan
    } else {
        Encapsulation::VxlanCrossSubnet
    };
    Some(
        finding
            .evidence(
                ObjectRef::all("BGPPeer"),
                "peers that are not nodes",
                0,
            )
            .impact(
                "unless the routers between the subnets have routes to the pods of every node, pods in different \
                 subnets cannot reach each other",
            )
            .fixed_by_all(either([vec![pass], encapsulate(case, pool, to)])),
    )
}

/// The nodes whose pods get addresses from a pool, as far as it is known. Where racks have pools of their own, routers can
/// have a static route to each.
fn nodes_of<'a>(case: &Case<'a>, pool: &CandidatePool) -> Vec<&'a Node> {
    let selector = pool.existing.map(|it| Selector::parse(&it.node_selector));
    let nodes = case
        .snapshot
        .nodes
        .items()
        .iter()
        .filter(|it| it.is_linux());
    match selector {
        Some(Ok(selector)) => {
            let selectors = [selector];
            nodes
                .filter(|node| is_selected(&selectors, node) == Some(true))
                .collect()
        }
        Some(Err(_)) => Vec::new(),
        None => nodes.collect(),
    }
}
