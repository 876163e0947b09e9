//! Whether calico-node looks for addresses of a family that no node has.

use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::Step;
use crate::repair::calico_node::set_variables;
use crate::repair::installation_change::change_installation;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::annotation;
use crate::views::pods;

pub(crate) const NO_ADDRESS_OF_FAMILY: Check = Check {
    entry: Entry {
        code: "CAL515",
        title: "calico-node looks for addresses of a family that no node has",
        meaning: "Autodetection of IPv4 addresses is on, but the nodes have only IPv6 addresses; or the other way round.",
        impact: "calico-node stops with \"Failed to autodetect an IPv4 address\", or an IPv6 address, and crash-loops on \
                 every node.",
        criteria: "No InternalIP is of the family, calico-node has detected no such address of any node, and a pod of \
                   calico-node is not ready.\n\
                   - IPv4: IP is autodetect in calico-node's environment, and no pool is an IPv4 pool. The operator turns \
                   autodetection on if the Installation has nodeAddressAutodetectionV4.\n\
                   - IPv6: IP6 is autodetect. The operator turns autodetection on if the Installation has \
                   nodeAddressAutodetectionV6, which it sets itself as soon as there is an IPv6 pool.",
        fix: "IPv4: remove nodeAddressAutodetectionV4 from the Installation, or, in a manifest install, set IP=none and, for \
              BIRD, CALICO_ROUTER_ID=hash. IPv6: give every node an IPv6 address; or remove the IPv6 pool and then \
              nodeAddressAutodetectionV6 from the Installation, or, in a manifest install, set IP6=none.",
        source: "projectcalico/calico v3.29.3, node/pkg/lifecycle/startup/startup.go; tigera/operator v1.36.5, \
                 pkg/render/node.go; rancher/rke2#7454, projectcalico/calico#8941",
    },
    needs: &[&NODES, &DAEMON_SETS, &CALICO_PODS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let families = Family::BOTH.into_iter();
        families
            .filter_map(|family| missing(case, family))
            .collect()
    },
};

fn variable(family: Family) -> &'static str {
    match family {
        Family::V4 => "IP",
        Family::V6 => "IP6",
    }
}

fn missing(case: &Case, family: Family) -> Option<Finding> {
    let calico = CalicoNode::current(case.snapshot)?;
    let agents = pods::of(case.snapshot, &calico.set.metadata, calico.selector());
    let unready = agents.into_iter().find(|pod| !pod.is_ready())?;
    let variable = variable(family);
    let is_on =
        calico.does_networking() == Some(true) && calico.value(variable) == Some("autodetect");
    let mut pools = case.facts.known_pools().iter();
    // An IPv4 pool is for nodes that have such addresses; an IPv6 pool may be what turned the detection on.
    let has_pool = family == Family::V4 && pools.any(|pool| pool.family() == Some(family));
    let nodes = case.snapshot.nodes.items().iter();
    let nodes: Vec<&Node> = nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .collect();
    if !is_on || has_pool || !nodes.iter().all(|node| has_others_only(node, family)) {
        return None;
    }
    let first = nodes.first()?;
    let addresses: Vec<&str> = first.internal_addresses().collect();
    let finding = Finding::error(
        &NO_ADDRESS_OF_FAMILY.entry,
        calico.object(),
        format!("calico-node looks for an {family} address, but no node has one"),
    )
    .read(&calico.env(variable), "autodetect")
    .evidence(
        ObjectRef::named("Node", &first.metadata.name),
        "InternalIP",
        addresses.join(", "),
    )
    .evidence(pods::object(unready), "status", pods::why(unready))
    .impact("calico-node crash-loops, and new pods get no network");
    Some(match family {
        Family::V4 => without_ipv4(case, finding, &calico),
        Family::V6 => without_ipv6(case, finding, &calico),
    })
}

fn without_ipv4(case: &Case, finding: Finding, calico: &CalicoNode) -> Finding {
    if case.facts.install.is_run_by_operator() {
        return finding.fixed_by(change_installation(
            &case.facts.install,
            "remove nodeAddressAutodetectionV4 from the Installation",
            &json!({"calicoNetwork": {"nodeAddressAutodetectionV4": null}}),
        ));
    }
    finding
        .fix("turn IPv4 off in calico-node, and give BIRD a router ID without it; this restarts the pods")
        .paste(set_variables(
            &calico.object(),
            &[(variable(Family::V4), "none"), ("CALICO_ROUTER_ID", "hash")],
        ))
}

/// The operator sets the method of detection again as long as there is an IPv6 pool.
/// Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (fillDefaults).
fn without_ipv6(case: &Case, finding: Finding, calico: &CalicoNode) -> Finding {
    let finding = finding.fix(
        "if pods are to have IPv6 addresses, give every node one, and its kubelet --node-ip with both",
    );
    let off = if case.facts.install.is_run_by_operator() {
        let what =
            "remove the IPv6 pool from the Installation, and then nodeAddressAutodetectionV6";
        Step::new(case.facts.install.lasting(what))
    } else {
        Step::new("turn IPv6 off in calico-node; this restarts the pods").run(set_variables(
            &calico.object(),
            &[(variable(Family::V6), "none")],
        ))
    };
    finding.or(vec![off])
}

/// Whether a node has InternalIPs, none of them of the family, and calico-node has not found one of it.
fn has_others_only(node: &Node, family: Family) -> bool {
    let mut addresses = node.internal_addresses().peekable();
    let is_other = |address: &str| {
        address
            .parse::<IpAddr>()
            .is_ok_and(|it| it.is_ipv4() != (family == Family::V4))
    };
    addresses.peek().is_some()
        && addresses.all(is_other)
        && node.metadata.annotation(annotation(family)).is_none()
}
