//! Manifests with which calico-node looks for addresses of a family that nodes do not have.

use std::collections::BTreeSet;
use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::installation::path;

use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::phrases::few;
use crate::snapshot::{Node, ObjectRef, Provenance};
use crate::views::calico_node::CalicoNode;
use crate::views::node_addresses::annotation;

pub(super) static FAMILY_MISSING: Entry = Entry {
    code: "CAL123",
    title: "with the manifests, calico-node needs an address that nodes do not have",
    meaning: "With the manifests, calico-node detects an IPv6 address on each node, or an IPv4 address, and the nodes \
              report none.",
    impact: "Once the update reaches such a node, calico-node exits there. The node no longer gets routes or \
             policies, and the update stops there.",
    criteria: "Only with --with, and only if calico-node does not detect such an address already. The operator has \
               calico-node detect addresses of each family in which the Installation lists a pool, and IPv6 \
               addresses if nodeAddressAutodetectionV6 is set; in a manifest install, IP6 of its environment is \
               autodetect. The addresses are the InternalIPs of the Linux nodes, and those that calico-node itself has \
               detected. The finding is an error if no node has one of the family, and a warning if only some do.",
    fix: "Leave the pool of that family out of the manifests, or first give each node an address of the family.",
    source: "projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go; tigera/operator v1.42.3, \
             pkg/render/node.go",
};

/// A finding for each family.
pub(super) fn missing_families(before: &Case, after: &Case) -> Vec<Finding> {
    let families = [Family::V4, Family::V6].into_iter();
    families
        .filter(|family| wants(before, *family).is_none())
        .filter_map(|family| finding(after, family, wants(after, family)?))
        .collect()
}

/// What makes calico-node detect an address of the family.
struct Demand {
    from: Provenance,
    value: String,
    /// What to leave out of the manifest.
    what: String,
}

fn wants(case: &Case, family: Family) -> Option<Demand> {
    if !case.facts.install.is_left_to_operator() {
        let node = CalicoNode::current(case.snapshot)?;
        let value = node.value("IP6")?;
        let detects = family == Family::V6 && value == "autodetect";
        return detects.then(|| Demand {
            from: node.written("IP6"),
            value: value.to_owned(),
            what: "the variable IP6".to_owned(),
        });
    }
    let installation = case.facts.installation.as_ref()?;
    if !installation.effective.is_calico_cni() {
        return None;
    }
    let mut pools = installation.effective.pools.iter().enumerate();
    let pool = pools.find_map(|(index, pool)| {
        let cidr = pool.network().filter(|cidr| cidr.family() == family)?;
        Some(Demand {
            from: Provenance::new(ObjectRef::installation(), path::pool_field(index, "cidr")),
            value: cidr.to_string(),
            what: format!("the pool {cidr}"),
        })
    });
    pool.or_else(|| {
        let is_set = family == Family::V6 && installation.written.autodetects_ipv6;
        let field = "spec.calicoNetwork.nodeAddressAutodetectionV6";
        is_set.then(|| Demand {
            from: Provenance::new(ObjectRef::installation(), field),
            value: "set".to_owned(),
            what: field.to_owned(),
        })
    })
}

fn finding(case: &Case, family: Family, demand: Demand) -> Option<Finding> {
    let Demand { from, value, what } = demand;
    let nodes = case.snapshot.nodes.items().iter();
    let nodes = nodes.filter(|node| node.is_linux() && !node.is_virtual());
    let nodes: Vec<&Node> = nodes.filter(|node| !families(node).is_empty()).collect();
    let lacking = nodes
        .iter()
        .filter(|node| !families(node).contains(&family));
    let lacking: Vec<&Node> = lacking.copied().collect();
    if lacking.is_empty() {
        return None;
    }
    let (severity, message) = if lacking.len() == nodes.len() {
        let message = format!("calico-node needs an {family} address, but no node reports one");
        (Severity::Error, message)
    } else {
        let names: Vec<&str> = lacking
            .iter()
            .map(|node| node.metadata.name.as_str())
            .collect();
        let message = format!(
            "calico-node needs an {family} address; there is none on {}",
            few(&names)
        );
        (Severity::Warning, message)
    };
    let object = from.object.clone();
    let finding =
        Finding::new(&FAMILY_MISSING, severity, object.clone(), message).read(&from, value);
    let finding = finding.for_few(lacking.iter(), |finding, node| {
        let addresses: Vec<&str> = node.internal_addresses().collect();
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "status.addresses",
            addresses.join(", "),
        )
    });
    Some(
        finding
            .impact(
                "once the update reaches a node without one, calico-node exits there; the node gets no routes or policies any \
                 more, and the update stops there",
            )
            .fix(format!(
                "leave {what} out of the manifest of {object}, or first give each node an {family} address"
            )),
    )
}

/// The families in which a node has an address.
fn families(node: &Node) -> BTreeSet<Family> {
    let reported = node.internal_addresses().filter_map(|address| {
        Some(match address.parse().ok()? {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        })
    });
    let detected = Family::BOTH.into_iter();
    let detected = detected.filter(|it| node.metadata.annotation(annotation(*it)).is_some());
    reported.chain(detected).collect()
}
