//! What not every encapsulation goes together with: the operator's rules, the nodes' systems, the
//! dataplane.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use super::basis::Basis;

/// Something that not every encapsulation goes together with.
pub(super) struct Constraint {
    pub(super) allows: fn(Encapsulation) -> bool,
    pub(super) why: String,
    pub(super) from: Option<String>,
}

/// What holds in this cluster.
pub(super) fn constraints(basis: &Basis, family: Family) -> Vec<Constraint> {
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
    let windows = basis.windows();
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
