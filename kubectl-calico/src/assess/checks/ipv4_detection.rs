//! Whether calico-node looks for IPv4 addresses that no node has.

use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::calico_node::set_variables;
use crate::repair::kubectl::merge_installation_spec;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::ANNOTATION;
use crate::views::pods;

pub(crate) const NO_IPV4: Check = Check {
    entry: Entry {
        code: "CAL515",
        title: "calico-node looks for IPv4 addresses in an IPv6-only cluster",
        meaning: "Autodetection of IPv4 addresses is on, but the nodes have only IPv6 addresses.",
        impact: "calico-node stops with \"Failed to autodetect an IPv4 address\" and crash-loops on every \
                 node.",
        criteria: "IP is autodetect in calico-node's environment, all InternalIPs are IPv6 addresses, no pool \
                   is an IPv4 pool, calico-node has detected no IPv4 address of any node, and a pod of \
                   calico-node is not ready. The operator turns autodetection on if the Installation has \
                   nodeAddressAutodetectionV4.",
        fix: "Remove nodeAddressAutodetectionV4 from the Installation, or, in a manifest install, set IP=none and, for BIRD, CALICO_ROUTER_ID=hash.",
        source: "projectcalico/calico v3.29.3, node/pkg/lifecycle/startup/startup.go; tigera/operator v1.36.5, \
                 pkg/render/node.go; rancher/rke2#7454, projectcalico/calico#8941",
    },
    needs: &[&NODES, &DAEMON_SETS, &CALICO_PODS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| no_ipv4(case).into_iter().collect(),
};

const VARIABLE: &str = "IP";

fn no_ipv4(case: &Case) -> Option<Finding> {
    let calico = CalicoNode::current(case.snapshot)?;
    let agents = pods::of(case.snapshot, &calico.set.metadata, calico.selector());
    let unready = agents.into_iter().find(|pod| !pod.is_ready())?;
    let is_on =
        calico.does_networking() == Some(true) && calico.value(VARIABLE) == Some("autodetect");
    let mut pools = case.facts.known_pools().iter();
    let has_pool = pools.any(|pool| pool.network.is_some_and(|it| it.family() == Family::V4));
    let nodes = case.snapshot.nodes.items().iter();
    let nodes: Vec<&Node> = nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .collect();
    if !is_on || has_pool || !nodes.iter().all(|node| has_ipv6_only(node)) {
        return None;
    }
    let first = nodes.first()?;
    let addresses: Vec<&str> = first.internal_addresses().collect();
    let finding = Finding::error(
        &NO_IPV4.entry,
        calico.object(),
        "calico-node looks for an IPv4 address, but no node has one",
    )
    .read(&calico.env(VARIABLE), "autodetect")
    .evidence(
        ObjectRef::named("Node", &first.metadata.name),
        "InternalIP",
        addresses.join(", "),
    )
    .evidence(pods::object(unready), "status", pods::why(unready))
    .impact("calico-node crash-loops, and new pods get no network");
    Some(if case.facts.install.is_run_by_operator() {
        finding
            .fix(
                case.facts
                    .install
                    .lasting("remove nodeAddressAutodetectionV4 from the Installation"),
            )
            .paste(merge_installation_spec(
                &json!({"calicoNetwork": {"nodeAddressAutodetectionV4": null}}),
            ))
    } else {
        finding
            .fix("turn IPv4 off in calico-node, and give BIRD a router ID without it; this restarts the pods")
            .paste(set_variables(
                &calico.object(),
                &[(VARIABLE, "none"), ("CALICO_ROUTER_ID", "hash")],
            ))
    })
}

/// Whether a node has InternalIPs, none of them IPv4, and calico-node has not found another IPv4 address.
fn has_ipv6_only(node: &Node) -> bool {
    let mut addresses = node.internal_addresses().peekable();
    let is_ipv6 = |address: &str| address.parse::<IpAddr>().is_ok_and(|it| it.is_ipv6());
    addresses.peek().is_some()
        && addresses.all(is_ipv6)
        && node.metadata.annotation(ANNOTATION).is_none()
}
