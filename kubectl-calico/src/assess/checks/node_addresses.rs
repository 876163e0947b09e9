//! Whether Calico uses the right address of each node.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use serde_json::json;

use super::reinstalled_node::remove_former;
use crate::assess::advice::bundled::bundled;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::bundle::BundledSetting;
use crate::phrases::{MOST_NAMES, few};
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::repair::command::Command;
use crate::repair::kubectl::{merge_installation_spec, patch_config_map, restart};
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::{ANNOTATION, NodeAddresses, usual_owner};
use crate::views::objects::default_installation;

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
            return shared_in_canal(case, &calico).into_iter().collect();
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

/// The annotation in which flannel stores the IPv4 address at which other nodes reach a node.
const FLANNEL_ANNOTATION: &str = "flannel.alpha.coreos.com/public-ip";

/// Nodes of Canal for which flannel uses the same address.
fn shared_in_canal(case: &Case, canal: &CalicoNode) -> Option<Finding> {
    let mut by_address: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    let nodes = case.snapshot.nodes.items().iter();
    for node in nodes.filter(|node| node.is_linux()) {
        if let Some(address) = node.metadata.annotation(FLANNEL_ANNOTATION) {
            by_address.entry(address).or_default().push(node);
        }
    }
    let (address, nodes) = by_address.iter().find(|(_, nodes)| nodes.len() > 1)?;
    let names: Vec<&str> = nodes.iter().map(|it| it.metadata.name.as_str()).collect();
    let owner = address.parse().ok().and_then(usual_owner);
    let belongs = owner.map_or_else(String::new, |owner| format!(" (the address of {owner})"));
    let mut finding = Finding::error(
        &WRONG_ADDRESS.entry,
        ObjectRef::all("Node"),
        format!(
            "flannel uses the same address {address}{belongs} for {}",
            few(&names)
        ),
    );
    for node in nodes.iter().take(MOST_NAMES) {
        let internal: Vec<&str> = node.internal_addresses().collect();
        let object = ObjectRef::named("Node", &node.metadata.name);
        finding = finding
            .evidence(&object, format!("annotation {FLANNEL_ANNOTATION}"), address)
            .evidence(object, "InternalIP", internal.join(", "));
    }
    let finding = finding.impact("pods on different nodes cannot reach each other");
    if canal.is_of_rke2() {
        return Some(finding.fix(
            "set flannel.iface in the HelmChartConfig rke2-canal to the interface that connects the nodes, \
             and restart the pods of rke2-canal",
        ));
    }
    let (_, config) = canal.config();
    let config = ObjectRef::config_map(config);
    Some(
        finding
            .fix(
                "have flannel use the interface that connects the nodes: put its name in place of \
                 INTERFACE, and restart the pods",
            )
            .paste(patch_config_map(
                &config,
                &json!({"canal_iface": "INTERFACE"}),
            ))
            .paste(restart(&canal.object())),
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
    let names: Vec<&str> = nodes
        .iter()
        .map(|it| it.node.metadata.name.as_str())
        .collect();
    let belongs = owner.map_or_else(String::new, |owner| format!(" (the address of {owner})"));
    let message = if let [only] = nodes.as_slice() {
        format!(
            "Calico uses the address {} of {}{belongs}; its InternalIP is {}",
            only.used,
            few(&names),
            internal(only)
        )
    } else if nodes.len() == all.len() {
        format!(
            "Calico does not use the InternalIP of any node: {}",
            few(&names)
        )
    } else {
        format!(
            "Calico uses an address other than the InternalIP of {}{belongs}",
            few(&names)
        )
    };
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
        finding.fixed_by(by_internal_ip(case, &[]))
    })
}

/// The step that makes calico-node use the InternalIPs.
fn by_internal_ip(case: &Case, nodes: &[&NodeAddresses]) -> Step {
    let first = in_kubelets(nodes);
    match bundled(case, BundledSetting::InternalIp) {
        Some(mut step) => {
            step.what.insert_str(0, first);
            step
        }
        None => Step::new(lasting(case, &format!("{first}{REMEDY}"))).run_all(remedy(case)),
    }
}

const REMEDY: &str = "have calico-node use each node's InternalIP; this restarts calico-node node \
                      by node, and briefly interrupts pod traffic between nodes";

/// With where else the Installation must be changed.
fn lasting(case: &Case, what: &str) -> String {
    if by_operator(case) {
        case.facts.install.lasting(what)
    } else {
        what.to_owned()
    }
}

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
    nodes.iter().take(MOST_NAMES).fold(finding, |finding, it| {
        let object = ObjectRef::named("Node", &it.node.metadata.name);
        finding
            .evidence(&object, format!("annotation {ANNOTATION}"), it.used)
            .evidence(object, "InternalIP", internal(it))
    })
}

/// How the address is detected, if it is not the default way.
struct Method {
    object: ObjectRef,
    field: String,
    value: String,
    /// As the Installation calls it.
    name: String,
    networks: Vec<Cidr>,
}

impl Method {
    fn of(case: &Case) -> Option<Self> {
        if by_operator(case) {
            Self::of_installation(case)
        } else {
            Self::of_environment(case)
        }
    }

    fn of_installation(case: &Case) -> Option<Self> {
        let spec = &default_installation(case.snapshot)?.spec;
        let methods = spec
            .get("calicoNetwork")?
            .get("nodeAddressAutodetectionV4")?;
        let name = methods.as_mapping()?.iter().find_map(|(name, value)| {
            let name = name.as_str()?;
            (name != "firstFound" && !value.is_null()).then_some(name)
        })?;
        let cidrs = methods[name].as_sequence().into_iter().flatten();
        let cidrs = cidrs.filter_map(|cidr| cidr.as_str()?.parse().ok());
        Some(Self {
            object: ObjectRef::installation(),
            field: format!("spec.calicoNetwork.nodeAddressAutodetectionV4.{name}"),
            value: serde_json::to_string(&methods[name]).ok()?,
            name: name.to_owned(),
            networks: cidrs.collect(),
        })
    }

    fn of_environment(case: &Case) -> Option<Self> {
        let node = CalicoNode::current(case.snapshot)?;
        let value = node.value(VARIABLE).filter(|it| *it != "first-found")?;
        let (name, given) = value.split_once('=').unwrap_or((value, ""));
        let name = match name {
            "skip-interface" => "skipInterface",
            "cidr" => "cidrs",
            name => name,
        };
        let cidrs = given.split(',').filter(|_| name == "cidrs");
        Some(Self {
            object: node.object(),
            field: format!("env {VARIABLE}"),
            value: value.to_owned(),
            name: name.to_owned(),
            networks: cidrs.filter_map(|cidr| cidr.trim().parse().ok()).collect(),
        })
    }

    /// Whether it selects an interface, so that nodes without it can use another one. In a manifest, can-reach is often
    /// set by an installer, not by a person.
    fn selects_interfaces(&self) -> bool {
        ["interface", "skipInterface", "canReach"].contains(&self.name.as_str())
    }
}

const VARIABLE: &str = "IP_AUTODETECTION_METHOD";

fn by_operator(case: &Case) -> bool {
    case.facts.install.is_run_by_operator()
}

/// Sets the method. The operator rejects a second one.
fn remedy(case: &Case) -> Option<Command> {
    if by_operator(case) {
        let methods = json!({
            "kubernetes": "NodeInternalIP",
            "firstFound": null,
            "interface": null,
            "skipInterface": null,
            "canReach": null,
            "cidrs": null,
        });
        let change = json!({"calicoNetwork": {"nodeAddressAutodetectionV4": methods}});
        return Some(merge_installation_spec(&change));
    }
    let node = CalicoNode::current(case.snapshot)?;
    Some(set_variable(
        &node.object(),
        VARIABLE,
        "kubernetes-internal-ip",
    ))
}
