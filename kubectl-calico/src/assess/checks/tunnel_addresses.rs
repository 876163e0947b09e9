//! Whether every node has an address of its own for its tunnel.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::selector::Selector;

use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::advice::pod_commands;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::phrases::{MOST_NAMES, few};
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::node_labels::is_selected;
use crate::views::{joining, node_addresses, pods};

pub(crate) const TUNNEL_ADDRESS: Check = Check {
    entry: Entry {
        code: "CAL322",
        title: "a node has no tunnel address, or shares it with another node",
        meaning: "calico-node gives the tunnel device of each node an address of a pool, and stores it in an \
                  annotation of the node. A node lacks the annotation that others have, or has the same address as \
                  another one, for example after a restore of etcd, or because its machine was cloned.",
        impact: "Felix on the other nodes has no endpoint for the node: with VXLAN, it programs no routes to its pods. \
                 Without an IPIP address, the node's own processes do not reach pods on other nodes. If two have \
                 the same address, replies arrive at only one of them.",
        criteria: "A pool with pods has encapsulation and may be used for tunnels, and some node has the tunnel \
                   address. Nodes without calico-node or without a ready one, nodes that have just joined, and nodes \
                   that are not known to be selected by such a pool, do not count for a missing address. Of nodes with the same address, the kubelet of at \
                   least one responds. Applies only if \
                   Calico's IPAM assigns addresses.\n\
                   - Error: two nodes have the same address, or one has none for VXLAN.\n\
                   - Warning: one has none for IPIP, or for VXLAN that is only used between subnets; or the files show no \
                   time, and the node may have just joined.",
        fix: "Restart calico-node on these nodes: when it starts, it assigns the node an address of its own, unless it already \
              has one. Delete the Nodes of machines that are gone for good.",
        source: "projectcalico/calico v3.30.3, node/pkg/allocateip/allocateip.go (ensureHostTunnelAddress) and \
                 felix/calc/vxlan_resolver.go; projectcalico/calico#5465",
    },
    needs: &[&IP_POOLS, &NODES, &DAEMON_SETS, &CALICO_PODS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let tunnels = Tunnel::ALL.into_iter();
        let kinds = tunnels.flat_map(|tunnel| Family::BOTH.map(|family| (tunnel, family)));
        kinds
            .filter_map(|(tunnel, family)| {
                let pools = pools(case, tunnel, family);
                let annotation = tunnel.annotation(family);
                same(case, &pools, annotation).or_else(|| missing(case, &pools, tunnel, annotation))
            })
            .collect()
    },
};

/// The pools from which nodes get the address of a tunnel.
fn pools<'a>(case: &Case<'a>, tunnel: Tunnel, family: Family) -> Vec<&'a ExistingPool> {
    let pools = case.facts.known_pools().iter();
    let gives = |pool: &&ExistingPool| {
        pool.enabled
            && pool.uses().tunnel
            && pool.has_pods()
            && pool.family() == Some(family)
            && Tunnel::of(pool.encapsulation) == Some(tunnel)
    };
    pools.filter(gives).collect()
}

/// Nodes with the same address.
fn same(case: &Case, pools: &[&ExistingPool], annotation: &str) -> Option<Finding> {
    let pool = pools.first()?;
    let mut owners: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in nodes(case) {
        if let Some(address) = node.metadata.annotation(annotation) {
            owners.entry(address).or_default().push(node);
        }
    }
    let shared: Vec<&Node> = owners
        .into_values()
        // Nothing is wrong with what nobody sends to.
        .filter(|nodes| nodes.len() > 1 && !nodes.iter().all(|node| node.is_silent()))
        .flatten()
        .collect();
    let names = names(&shared);
    let finding = Finding::error(
        &TUNNEL_ADDRESS.entry,
        ObjectRef::named("Node", *names.first()?),
        format!("nodes have the same tunnel address: {}", few(&names)),
    );
    let finding = with_values(finding, &shared, annotation)
        .evidence(pool.object(), "encapsulation", pool.encapsulation)
        .impact("traffic to pods on these nodes arrives at the wrong node, or nowhere");
    Some(restart(case, finding, &shared))
}

/// Nodes without the address that others have.
fn missing(
    case: &Case,
    pools: &[&ExistingPool],
    tunnel: Tunnel,
    annotation: &str,
) -> Option<Finding> {
    let pool = pools.first()?;
    let has_address = |node: &&Node| node.metadata.annotation(annotation).is_some();
    if !nodes(case).any(|node| has_address(&node)) {
        return None;
    }
    let selectors: Vec<Selector> = pools
        .iter()
        .filter_map(|pool| Selector::parse(&pool.node_selector).ok())
        .collect();
    let joining = joining::nodes(case.snapshot);
    let is_joining = |node: &Node| {
        let mut joining = joining.iter();
        joining.any(|new| new.metadata.name == node.metadata.name)
    };
    let ready = CalicoNode::all(case.snapshot);
    let ready = ready
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()));
    let ready: Vec<_> = ready.filter(|pod| pod.is_ready()).collect();
    let without: Vec<&Node> = nodes(case)
        .filter(|node| !has_address(node) && !is_joining(node) && joining::has_pod(&ready, node))
        .filter(|node| !node.is_silent())
        .filter(|node| is_selected(&selectors, node) == Some(true))
        .collect();
    let names = names(&without);
    let across = pool.encapsulation.is_cross_subnet();
    let severity = if tunnel == Tunnel::Vxlan && !across {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = Finding::new(
        &TUNNEL_ADDRESS.entry,
        severity,
        ObjectRef::named("Node", *names.first()?),
        format!("no tunnel address on {}", few(&names)),
    );
    let finding = with_values(finding, &without, annotation)
        .evidence(pool.object(), "encapsulation", pool.encapsulation)
        .impact(match (tunnel, across) {
            (Tunnel::Vxlan, false) => "other nodes have no routes to the pods there",
            (Tunnel::Vxlan, true) => "nodes in other subnets have no routes to the pods there",
            (Tunnel::Ipip, _) => {
                "processes there, such as the API server, do not reach pods on other nodes"
            }
        });
    let is_new = |node: &&Node| {
        let fine = nodes(case).filter(|node| has_address(node));
        joining::may_be_new(case.snapshot, node, fine)
    };
    let are_new = without.iter().all(is_new);
    Some(perhaps_new(restart(case, finding, &without), are_new))
}

/// The Linux nodes on which calico-node has started.
fn nodes<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Node> {
    let nodes = case.snapshot.nodes.items().iter();
    nodes.filter(|node| {
        let mut families = Family::BOTH.into_iter();
        let address = |family| node.metadata.annotation(node_addresses::annotation(family));
        node.is_linux() && families.any(|family| address(family).is_some())
    })
}

fn names<'a>(nodes: &[&'a Node]) -> Vec<&'a str> {
    nodes
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect()
}

fn with_values(finding: Finding, nodes: &[&Node], annotation: &str) -> Finding {
    finding.for_few(nodes.iter(), |finding, node| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            format!("annotation {annotation}"),
            node.metadata.annotation(annotation).unwrap_or("not set"),
        )
    })
}

/// Restarts calico-node on those of the nodes that respond: a pod on any other one would only be marked for deletion.
fn restart(case: &Case, finding: Finding, nodes: &[&Node]) -> Finding {
    let (silent, responding): (Vec<&Node>, Vec<&Node>) =
        nodes.iter().partition(|node| node.is_silent());
    let agents = CalicoNode::all(case.snapshot);
    let commands: Vec<String> = agents
        .iter()
        .flat_map(|agent| pods::of(case.snapshot, &agent.set.metadata, agent.selector()))
        .filter(|pod| joining::is_on(&responding, pod))
        .take(MOST_NAMES)
        .map(|pod| pod_commands::delete(&PodName::of(&pod.metadata)))
        .collect();
    let what = if silent.is_empty() {
        "restart calico-node there: when it starts, it assigns the node an address of its own. If that fails, its log \
         says why"
            .to_owned()
    } else {
        format!(
            "restart calico-node on {}: when it starts, it assigns the node an address of its own, unless it already \
             has one",
            few(&names(&responding))
        )
    };
    let finding = finding.fix(what).paste(commands.join("\n"));
    if silent.is_empty() {
        return finding;
    }
    finding
        .fix(format!(
            "the kubelet of {} does not respond: if the machine is gone for good, delete its Node; otherwise, check this \
             again once it is back",
            few(&names(&silent))
        ))
        .paste("kubectl get nodes -o wide")
}
