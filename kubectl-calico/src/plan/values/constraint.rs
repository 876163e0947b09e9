//! What excludes an encapsulation: the operator's rules, the nodes' operating systems, the data plane.
//! A derived encapsulation avoids it; a requested or existing one gets a finding.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::assess::finding::Severity;
use crate::facts::bgp::covers;
use crate::plan::catalog::{
    ENCAPSULATION_ON_WINDOWS, ENCAPSULATION_WITH_EBPF, ENCAPSULATION_WITHOUT_BIRD,
};
use crate::plan::inputs::Inputs;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::felix::{CLUSTER_ROUTES, Felix};

/// Something that excludes an encapsulation.
pub(crate) struct Constraint {
    /// Whether an encapsulation works.
    pub(crate) allows: Box<dyn Fn(Encapsulation) -> bool>,
    /// Why the others do not work.
    pub(crate) why: String,
    /// Where that was read.
    pub(crate) from: Option<Provenance>,
    /// The finding; `None` if an operator rule already reports it.
    pub(crate) objection: Option<Objection>,
}

/// The finding about an encapsulation that a constraint excludes.
pub(crate) struct Objection {
    pub(crate) entry: &'static Entry,
    pub(crate) severity: Severity,
    /// The value of the field that was read.
    pub(crate) value: &'static str,
    pub(crate) impact: &'static str,
    pub(crate) fix: &'static str,
}

/// The constraints of this cluster.
pub(crate) fn constraints(inputs: &Inputs, family: Family) -> Vec<Constraint> {
    let bgp = if inputs.facts.install.is_from_manifests() {
        without_bird(inputs)
    } else {
        without_bgp(inputs)
    };
    [
        on_ipv6(family),
        bgp,
        with_host_local(inputs),
        on_windows(inputs),
        with_ebpf(inputs),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether IPAM is host-local: as the Installation, or the manifest's CNI configuration, says.
pub(crate) fn is_by_pod_cidr(inputs: &Inputs) -> bool {
    inputs.effective.ipam == "HostLocal"
        || (inputs.facts.install.is_from_manifests() && inputs.facts.by_pod_cidr())
}

/// A field of the Installation, if there is one.
fn installation(inputs: &Inputs, field: &str) -> Option<Provenance> {
    inputs.facts.installation.as_ref()?;
    Some(Provenance::new(
        ObjectRef::installation(),
        format!("spec.{field}"),
    ))
}

fn on_ipv6(family: Family) -> Option<Constraint> {
    (family == Family::V6).then(|| Constraint {
        allows: Box::new(|e| !e.is_ipip()),
        why: "IPIP does not support IPv6".to_owned(),
        from: None,
        objection: None,
    })
}

fn with_host_local(inputs: &Inputs) -> Option<Constraint> {
    is_by_pod_cidr(inputs).then(|| Constraint {
        allows: Box::new(|e| !e.is_vxlan()),
        why: "host-local IPAM does not work with VXLAN".to_owned(),
        from: installation(inputs, "cni.ipam.type"),
        objection: None,
    })
}

fn with_ebpf(inputs: &Inputs) -> Option<Constraint> {
    (inputs.written.linux_dataplane.as_deref() == Some("BPF")).then(|| Constraint {
        allows: Box::new(|e| !e.is_ipip()),
        why:
            "eBPF programs cannot redirect packets to the IPIP device, which has no Ethernet header"
                .to_owned(),
        from: installation(inputs, "calicoNetwork.linuxDataplane"),
        objection: Some(Objection {
            entry: &ENCAPSULATION_WITH_EBPF,
            severity: Severity::Warning,
            value: "BPF",
            impact: "pods on different nodes may not reach each other",
            fix: "choose VXLAN",
        }),
    })
}

/// The operator's setting for BGP.
fn without_bgp(inputs: &Inputs) -> Option<Constraint> {
    let effective = &inputs.effective;
    let felix_routes = inputs.written.cluster_routing_mode.as_deref() == Some("Felix");
    if inputs.bgp || effective.ipam != "Calico" || felix_routes {
        return None;
    }
    let why = if effective.bgp_is_default {
        "BGP is disabled by default on EKS, and only VXLAN works without it"
    } else {
        "BGP is disabled, and only VXLAN works without it"
    };
    Some(Constraint {
        allows: Box::new(Encapsulation::is_vxlan),
        why: why.to_owned(),
        from: installation(inputs, "calicoNetwork.bgp"),
        objection: None,
    })
}

/// A manifest install can run without BIRD, which no operator rule covers.
fn without_bird(inputs: &Inputs) -> Option<Constraint> {
    if inputs.bgp {
        return None;
    }
    let routes = Felix::of(inputs.snapshot).get(&CLUSTER_ROUTES);
    let by_felix = move |e| routes.as_ref().is_some_and(|set| covers(&set.value, e));
    let by_pod_cidr = is_by_pod_cidr(inputs);
    let by_cloud = move |e| by_pod_cidr && e == Encapsulation::None;
    Some(Constraint {
        allows: Box::new(move |e| e.is_vxlan() || by_felix(e) || by_cloud(e)),
        why: "calico-node does not run BIRD, and only VXLAN works without it".to_owned(),
        from: inputs.facts.routing.bgp.runs.from().first().cloned(),
        objection: Some(Objection {
            entry: &ENCAPSULATION_WITHOUT_BIRD,
            severity: Severity::Error,
            value: "not bird",
            impact: "no component programs the routes: pods on different nodes cannot reach each \
                     other",
            fix: if by_pod_cidr {
                "first make calico-node run BIRD (calico_backend: bird in the ConfigMap \
                 kube-system/calico-config): VXLAN does not work with host-local IPAM"
            } else {
                "choose VXLAN, or first make calico-node run BIRD (calico_backend: bird in the \
                 ConfigMap kube-system/calico-config)"
            },
        }),
    })
}

fn on_windows(inputs: &Inputs) -> Option<Constraint> {
    let nodes = inputs.windows();
    (nodes > 0).then(|| Constraint {
        allows: Box::new(|e| matches!(e, Encapsulation::Vxlan | Encapsulation::None)),
        why: format!(
            "{} Windows, where Calico supports only VXLAN and None",
            if nodes == 1 {
                "1 node runs".to_owned()
            } else {
                format!("{nodes} nodes run")
            }
        ),
        from: Some(Provenance::new(
            ObjectRef::all("Node"),
            "label kubernetes.io/os",
        )),
        objection: Some(Objection {
            entry: &ENCAPSULATION_ON_WINDOWS,
            severity: Severity::Warning,
            value: "windows",
            impact: "pods on Windows nodes cannot reach pods on other nodes",
            fix: "choose VXLAN",
        }),
    })
}
