//! What not every encapsulation goes together with: the operator's rules, the nodes' systems, the
//! dataplane. A choice keeps to it, and what somebody else chose is held against it.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::assess::facts::bgp::covers;
use crate::assess::finding::Severity;
use crate::assess::provenance::Provenance;
use crate::assess::views::felix::{CLUSTER_ROUTES, Felix};
use crate::plan::catalog::{
    ENCAPSULATION_ON_WINDOWS, ENCAPSULATION_WITH_EBPF, ENCAPSULATION_WITHOUT_BIRD,
};
use crate::plan::inputs::Inputs;
use crate::snapshot::ObjectRef;

/// Something that not every encapsulation goes together with.
pub(crate) struct Constraint {
    pub(crate) allows: Box<dyn Fn(Encapsulation) -> bool>,
    pub(crate) why: String,
    /// Object and field that tell it.
    pub(crate) from: Option<Provenance>,
    /// What is to be said of one that was chosen against it; nothing where the operator's rules,
    /// which the whole plan is put before, say it.
    pub(crate) objection: Option<Objection>,
}

/// What is said of an encapsulation that was chosen all the same.
pub(crate) struct Objection {
    pub(crate) entry: &'static Entry,
    pub(crate) severity: Severity,
    /// What stands in the field that tells it.
    pub(crate) value: &'static str,
    pub(crate) so: &'static str,
    pub(crate) fix: &'static str,
}

/// What holds in this cluster.
pub(crate) fn constraints(inputs: &Inputs, family: Family) -> Vec<Constraint> {
    let installation = |field: &str| {
        let there = inputs.facts.installation.as_ref();
        there.map(|_| Provenance::new(ObjectRef::installation(), format!("spec.{field}")))
    };
    let mut found = Vec::new();
    if family == Family::V6 {
        found.push(Constraint {
            allows: Box::new(|e| !e.is_ipip()),
            why: "IP in IP carries no IPv6".to_owned(),
            from: None,
            objection: None,
        });
    }
    found.extend(match inputs.facts.install.is_from_manifests() {
        true => without_bird(inputs),
        false => without_bgp(inputs, installation("calicoNetwork.bgp")),
    });
    if inputs.effective.ipam == "HostLocal" {
        found.push(Constraint {
            allows: Box::new(|e| !e.is_vxlan()),
            why: "host-local IPAM does not work with VXLAN".to_owned(),
            from: installation("cni.ipam.type"),
            objection: None,
        });
    }
    found.extend(on_windows(inputs));
    if inputs.written.linux_dataplane.as_deref() == Some("BPF") {
        found.push(Constraint {
            allows: Box::new(|e| !e.is_ipip()),
            // Source: kOps' documentation of its Calico; projectcalico/felix#2669.
            why: "eBPF programs cannot redirect to IP in IP's devices, which have no Ethernet"
                .to_owned(),
            from: installation("calicoNetwork.linuxDataplane"),
            objection: Some(Objection {
                entry: &ENCAPSULATION_WITH_EBPF,
                severity: Severity::Warning,
                value: "BPF",
                so: "pods on different nodes may not reach each other",
                fix: "choose VXLAN",
            }),
        });
    }
    found
}

/// The operator's BGP is off.
fn without_bgp(inputs: &Inputs, from: Option<Provenance>) -> Option<Constraint> {
    let effective = &inputs.effective;
    let felix = matches!(
        inputs.written.cluster_routing_mode.as_deref(),
        Some("Felix")
    );
    let why = match effective.bgp_is_default {
        true => "BGP is off on EKS unless it is turned on, and only VXLAN does without it",
        false => "BGP is off, and only VXLAN does without it",
    };
    (!inputs.bgp && effective.ipam == "Calico" && !felix).then(|| Constraint {
        allows: Box::new(Encapsulation::is_vxlan),
        why: why.to_owned(),
        from,
        objection: None,
    })
}

/// Calico's manifests have a backend without BIRD, which no operator's rule knows of.
fn without_bird(inputs: &Inputs) -> Option<Constraint> {
    if inputs.bgp {
        return None;
    }
    let routes = Felix::of(inputs.snapshot).get(&CLUSTER_ROUTES);
    let felix = move |e| routes.as_ref().is_some_and(|told| covers(&told.value, e));
    Some(Constraint {
        allows: Box::new(move |e| e.is_vxlan() || felix(e)),
        why: "calico-node runs no BIRD, and only VXLAN does without it".to_owned(),
        from: inputs.facts.routing.bgp.runs.from().first().cloned(),
        objection: Some(Objection {
            entry: &ENCAPSULATION_WITHOUT_BIRD,
            severity: Severity::Error,
            value: "not bird",
            so: "nobody programs the routes: pods on different nodes do not reach each other",
            fix: "choose VXLAN, or first have calico-node run BIRD (calico_backend: bird in \
                  ConfigMap kube-system/calico-config)",
        }),
    })
}

fn on_windows(inputs: &Inputs) -> Option<Constraint> {
    let nodes = inputs.windows();
    (nodes > 0).then(|| Constraint {
        allows: Box::new(|e| matches!(e, Encapsulation::Vxlan | Encapsulation::None)),
        why: format!("Windows runs on {nodes} of the nodes, and Calico has VXLAN or None there"),
        from: Some(Provenance::new(
            ObjectRef::all("Node"),
            "label kubernetes.io/os",
        )),
        objection: Some(Objection {
            entry: &ENCAPSULATION_ON_WINDOWS,
            severity: Severity::Warning,
            value: "windows",
            so: "pods on Windows cannot reach the others",
            fix: "choose VXLAN",
        }),
    })
}
