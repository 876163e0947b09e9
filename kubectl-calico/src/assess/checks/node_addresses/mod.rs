//! Whether Calico uses the right address of each node.

mod canal;
mod detection;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use calico_core::catalog::Entry;

use super::reinstalled_node::remove_former;
use crate::assess::advice::bundled::bundled;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::bundle::BundledSetting;
use crate::phrases::few;
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, NODES};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::{ANNOTATION, NodeAddresses, usual_owner};
use canal::shared_in_canal;
use detection::{Method, set_internal_ip};

pub(crate) const WRONG_ADDRESS: Check = Check {
    entry: Entry {
        code: "CAL510",
        title: "Calico uses the wrong address of a node",
        meaning: "calico-node has detected an IPv4 address of a node that is not one of the node's \
                  InternalIPs, or that another node also has. In Canal, flannel has detected it.",
        impact: "Other nodes use that address for traffic to the node's pods, and for BGP. If it \
                 belongs to a bridge or a NAT, the traffic is lost, and with BGP, calico-node \
                 does not become ready. If two nodes have the same address, the second \
                 calico-node stops with \"IPv4 address conflict\".",
        criteria: "The annotation projectcalico.org/IPv4Address is compared with the addresses of type InternalIP. \
                   Applies only if Calico provides pod networking.\n\
                   - Error: two nodes have the same address, only some nodes differ, or an address that differs is \
                   one that bridges and NATs usually have. An address in one of the networks of the detection method \
                   (cidrs) does not differ.\n\
                   - Note: only some nodes differ, and the method selects an interface, which the others may lack.\n\
                   - Warning: all nodes differ, and no detection method is set. With one, it is a legitimate \
                   choice: a separate network for pods.\n\
                   - Error: in Canal, two nodes have the same address in flannel's annotation \
                   flannel.alpha.coreos.com/public-ip. Nothing else is compared there.",
        fix: "Have calico-node use the InternalIP: nodeAddressAutodetectionV4 {kubernetes: \
              NodeInternalIP} in the Installation, or IP_AUTODETECTION_METHOD=kubernetes-internal-ip \
              in a manifest install. If the InternalIPs themselves are wrong, as with Vagrant, set \
              --node-ip of each kubelet first. If a machine has joined again under another name, delete its \
              former Node. In Canal, set canal_iface of the ConfigMap canal-config to \
              the interface that connects the nodes.",
        source: "projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go \
                 (checkConflictingNodes); projectcalico/calico#8607, #2542, #729, #3541; flannel-io/flannel, \
                 Documentation/troubleshooting.md (Vagrant)",
    },
    needs: &[&NODES, &DAEMON_SETS],
    // The method of detection that the Installation requests.
    excuses: &[&INSTALLATIONS],
    judges: Judges::Running,
    find: |case| {
        let Some(calico) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        if calico.is_canal() {
            return shared_in_canal(&WRONG_ADDRESS.entry, case, &calico)
                .into_iter()
                .collect();
        }
        if calico.does_networking() == Some(false) {
            return Vec::new();
        }
        let all = NodeAddresses::all(case.snapshot);
        let found = shared(case, &all).or_else(|| different(case, &all));
        found.into_iter().collect()
    },
};

/// Nodes that use the same address.
fn shared(case: &Case, all: &[NodeAddresses]) -> Option<Finding> {
    let mut by_address: BTreeMap<Ipv4Addr, Vec<&str>> = BTreeMap::new();
    for found in all {
        let name = found.node.metadata.name.as_str();
        by_address.entry(found.used).or_default().push(name);
    }
    let (address, names) = by_address.iter().find(|(_, names)| names.len() > 1)?;
    let finding = Finding::error(
        &WRONG_ADDRESS.entry,
        ObjectRef::all("Node"),
        format!("{} use the same address {address}", few(names)),
    );
    let nodes: Vec<&NodeAddresses> = all.iter().filter(|it| it.used == *address).collect();
    Some(
        with_addresses(finding, &nodes)
            .impact(
                "calico-node stops on all of them but one (IPv4 address conflict), and other \
                 nodes cannot reach the pods on these nodes",
            )
            .fixed_by(remove_former(&nodes).unwrap_or_else(|| by_internal_ip(case, &nodes))),
    )
}

fn different(case: &Case, all: &[NodeAddresses]) -> Option<Finding> {
    let method = Method::of(case);
    let is_wanted = |it: &NodeAddresses| {
        let mut networks = method.iter().flat_map(|method| &method.networks);
        networks.any(|cidr| cidr.holds(it.used.into()))
    };
    let differs = |it: &&NodeAddresses| it.differs() && !is_wanted(it);
    let nodes: Vec<&NodeAddresses> = all.iter().filter(differs).collect();
    let first = nodes.first()?;
    let owner = nodes.iter().find_map(|it| usual_owner(it.used));
    // Some nodes may have an interface that others lack, and that the method selects on purpose.
    let is_chosen = method.as_ref().is_some_and(Method::selects_interfaces);
    let severity = if owner.is_some() {
        Severity::Error
    } else if nodes.len() < all.len() {
        if is_chosen {
            Severity::Note
        } else {
            Severity::Error
        }
    } else if method.is_none() {
        Severity::Warning
    } else {
        return None;
    };
    let message = message(&nodes, all.len(), owner);
    let subject = ObjectRef::named("Node", &first.node.metadata.name);
    let finding = Finding::new(&WRONG_ADDRESS.entry, severity, subject, message);
    let mut finding = with_addresses(finding, &nodes);
    if let Some(method) = method {
        finding = finding.evidence(method.object, method.field, method.value);
    }
    let finding = finding.impact(
        "other nodes send the traffic for a node's pods to this address; unless every node can \
         reach it, pods on different nodes cannot reach each other",
    );
    Some(if severity == Severity::Note {
        finding.fix(
            "nothing, if the method is meant to select this network on the nodes that have it; otherwise have it select \
             the interface that connects the nodes",
        )
    } else {
        let mut step = by_internal_ip(case, &[]);
        step.what.insert_str(
            0,
            "none needed if pods on different nodes reach each other; otherwise, if every node reaches the InternalIPs of \
             the others, ",
        );
        finding.fixed_by(step)
    })
}

/// What is wrong with these nodes, out of `all`; `owner` is what an address usually belongs to.
fn message(nodes: &[&NodeAddresses], all: usize, owner: Option<&str>) -> String {
    let names: Vec<&str> = nodes
        .iter()
        .map(|it| it.node.metadata.name.as_str())
        .collect();
    let belongs = owner.map_or_else(String::new, |owner| format!(" (the address of {owner})"));
    if let [only] = nodes {
        format!(
            "Calico uses the address {} of {}{belongs}; its InternalIP is {}",
            only.used,
            few(&names),
            internal(only)
        )
    } else if nodes.len() == all {
        format!(
            "Calico does not use the InternalIP of any node: {}",
            few(&names)
        )
    } else {
        format!(
            "Calico uses an address other than the InternalIP of {}{belongs}",
            few(&names)
        )
    }
}

/// The step that makes calico-node use the InternalIPs.
fn by_internal_ip(case: &Case, nodes: &[&NodeAddresses]) -> Step {
    let first = in_kubelets(nodes);
    match bundled(case, BundledSetting::InternalIp) {
        Some(mut step) => {
            step.what.insert_str(0, first);
            step
        }
        None => set_internal_ip(case, format!("{first}{REMEDY}")),
    }
}

const REMEDY: &str = "have calico-node use each node's InternalIP; this restarts calico-node node \
                      by node, and briefly interrupts pod traffic between nodes";

/// InternalIPs that are the same must be corrected first.
fn in_kubelets(nodes: &[&NodeAddresses]) -> &'static str {
    let mut internal: Vec<&Ipv4Addr> = nodes.iter().flat_map(|it| &it.internal).collect();
    let count = internal.len();
    internal.sort();
    internal.dedup();
    if internal.len() < count {
        "on each of these nodes, set the kubelet's --node-ip to the node's own address; then "
    } else {
        ""
    }
}

fn internal(found: &NodeAddresses) -> String {
    let addresses: Vec<String> = found.internal.iter().map(Ipv4Addr::to_string).collect();
    addresses.join(", ")
}

fn with_addresses(finding: Finding, nodes: &[&NodeAddresses]) -> Finding {
    finding.for_few(nodes.iter(), |finding, it| {
        let object = ObjectRef::named("Node", &it.node.metadata.name);
        finding
            .evidence(&object, format!("annotation {ANNOTATION}"), it.used)
            .evidence(object, "InternalIP", internal(it))
    })
}
