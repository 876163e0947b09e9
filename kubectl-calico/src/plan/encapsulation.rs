//! Which encapsulation a pool needs.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use super::basis::Basis;
use super::choice::Choice;
use super::cloud::{objection, terrain};
use crate::assess::fact::Fact;
use crate::assess::facts::cluster::Cloud;
use crate::assess::finding::{Finding, Severity};

/// The flag that settles it.
const FLAG: &str = "--encapsulation";

/// What is chosen, and what else would work.
pub(super) struct Chosen {
    pub(super) choice: Choice<Encapsulation>,
    pub(super) alternatives: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

/// The encapsulation of a family's pool.
pub(super) fn choose(basis: &Basis, family: Family, cidr: Option<&Cidr>) -> Chosen {
    match fixed(basis, family) {
        Some(choice) => Chosen {
            findings: choice
                .value()
                .map_or_else(Vec::new, |e| findings(basis, *e, cidr)),
            choice,
            alternatives: Vec::new(),
        },
        None => derived(basis, family),
    }
}

/// What a flag, a live pool or the Installation says.
fn fixed(basis: &Basis, family: Family) -> Option<Choice<Encapsulation>> {
    if let Some(value) = basis.asked.encapsulation(family) {
        return Some(Choice::Given { value, flag: FLAG });
    }
    if let Some(pool) = basis.live(family) {
        let why = format!("{} has it; another disturbs traffic", pool.name);
        let from = format!("{} spec.ipipMode, spec.vxlanMode", pool.object());
        return Some(Choice::known(pool.encapsulation, why, from));
    }
    let (_, wanted) = basis.wanted(family)?;
    let value = wanted.encapsulation.as_deref()?.parse().ok()?;
    const FROM: &str = "Installation/default spec.calicoNetwork.ipPools";
    Some(Choice::known(value, "the Installation asks for it", FROM))
}

/// Something that not every encapsulation goes together with.
struct Constraint {
    allows: fn(Encapsulation) -> bool,
    why: String,
    from: Option<String>,
}

fn constraints(basis: &Basis, family: Family) -> Vec<Constraint> {
    let effective = &basis.effective;
    let installation = |field: &str| Some(format!("Installation/default spec.{field}"));
    let there = |field: &str| basis.facts.asked.as_ref().and_then(|_| installation(field));
    let mut found = Vec::new();
    let mut add = |applies: bool, allows, why: String, from| {
        if applies {
            found.push(Constraint { allows, why, from });
        }
    };
    let felix = matches!(basis.written.cluster_routing_mode.as_deref(), Some("Felix"));
    add(
        family == Family::V6,
        |e| !e.is_ipip(),
        "IP in IP carries no IPv6".to_owned(),
        None,
    );
    add(
        !effective.bgp && effective.ipam == "Calico" && !felix,
        Encapsulation::is_vxlan,
        match effective.bgp_is_default {
            true => "BGP is off on EKS unless it is turned on, and only VXLAN does without it"
                .to_owned(),
            false => "BGP is off, and only VXLAN does without it".to_owned(),
        },
        there("calicoNetwork.bgp"),
    );
    add(
        effective.ipam == "HostLocal",
        |e| !e.is_vxlan(),
        "host-local IPAM does not work with VXLAN".to_owned(),
        there("cni.ipam.type"),
    );
    let windows = basis
        .facts
        .cluster
        .nodes
        .value()
        .map_or(0, |nodes| nodes.windows);
    add(
        windows > 0,
        |e| matches!(e, Encapsulation::Vxlan | Encapsulation::None),
        format!("Windows runs on {windows} of the nodes, and Calico has VXLAN or None there"),
        Some("Nodes label kubernetes.io/os".to_owned()),
    );
    add(
        basis.written.linux_dataplane.as_deref() == Some("BPF"),
        |e| !e.is_ipip(),
        // Source: kOps' documentation of its Calico; projectcalico/felix#2669.
        "eBPF programs cannot redirect to IP in IP's devices, which have no Ethernet".to_owned(),
        there("calicoNetwork.linuxDataplane"),
    );
    found
}

/// The first that suits the network and that nothing forbids.
fn derived(basis: &Basis, family: Family) -> Chosen {
    let cloud = &basis.facts.cluster.cloud;
    let terrain = terrain(cloud);
    let constraints = constraints(basis, family);
    let allowed = |e: &Encapsulation| {
        constraints.iter().all(|constraint| (constraint.allows)(*e))
            && !cloud.value().is_some_and(|cloud| forbidden(*cloud, *e))
    };
    let Some(value) = terrain.preference.into_iter().find(allowed) else {
        let whys: Vec<&str> = constraints.iter().map(|c| c.why.as_str()).collect();
        return Chosen {
            choice: Choice::open(format!("none fits: {}", whys.join("; ")), FLAG),
            alternatives: Vec::new(),
            findings: Vec::new(),
        };
    };
    let better = terrain.preference.into_iter().take_while(|e| *e != value);
    let binding: Vec<&Constraint> = constraints
        .iter()
        .filter(|constraint| better.clone().any(|e| !(constraint.allows)(e)))
        .collect();
    let (why, from) = if !binding.is_empty() {
        let whys: Vec<&str> = binding
            .iter()
            .map(|constraint| constraint.why.as_str())
            .collect();
        let from = binding
            .iter()
            .filter_map(|constraint| constraint.from.clone());
        (whys.join("; "), from.collect())
    } else if family == Family::V6 {
        let why = "it carries IPv6 as well; the operator's own default for IPv6, None, needs \
                   routers that know pods' routes";
        (why.to_owned(), Vec::new())
    } else {
        (terrain.why.to_owned(), cloud.from().to_vec())
    };
    let alternatives = terrain
        .alternatives
        .iter()
        .filter(|(e, _)| *e != value && allowed(e));
    Chosen {
        choice: Choice::Known { value, why, from },
        alternatives: alternatives
            .map(|(e, takes)| format!("{e}: {takes}"))
            .collect(),
        findings: Vec::new(),
    }
}

/// What a cloud drops whatever is done about it.
fn forbidden(cloud: Cloud, encapsulation: Encapsulation) -> bool {
    objection(cloud, encapsulation).is_some_and(|(severity, ..)| severity == Severity::Error)
}

/// What speaks against one that was chosen. What the operator says to it is judged with its rules.
fn findings(basis: &Basis, encapsulation: Encapsulation, cidr: Option<&Cidr>) -> Vec<Finding> {
    let subject = cidr.map_or_else(|| "Pool".to_owned(), Cidr::to_string);
    let mut findings = Vec::new();
    let cloud = &basis.facts.cluster.cloud;
    if let Fact::Known { value, from } = cloud
        && let Some((severity, so, fix)) = objection(*value, encapsulation)
    {
        let message = format!("{encapsulation} on {}", value.name());
        let finding = Finding::new(severity, subject.clone(), message)
            .seen(from.join(", "), "", value.name())
            .then(so)
            .fix(fix);
        findings.push(Finding {
            code: "encapsulation-on-cloud",
            ..finding
        });
    }
    let windows = basis
        .facts
        .cluster
        .nodes
        .value()
        .map_or(0, |nodes| nodes.windows);
    if windows > 0 && !matches!(encapsulation, Encapsulation::Vxlan | Encapsulation::None) {
        let message = format!("{encapsulation}, and Windows runs on {windows} of the nodes");
        let finding = Finding::warning(subject, message)
            .seen("Nodes", "label kubernetes.io/os", "windows")
            .then("Calico has VXLAN or None on Windows, so pods there cannot reach the others")
            .fix("choose VXLAN");
        findings.push(Finding {
            code: "encapsulation-on-windows",
            ..finding
        });
    }
    findings
}
