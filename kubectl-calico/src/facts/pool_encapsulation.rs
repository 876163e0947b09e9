//! The encapsulation of an IPPool.

use calico_core::pool::Encapsulation;

use crate::snapshot::IpPoolSpec;

/// The operator's name for what an IPPool has in two fields, or in the one of older releases.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go
/// (`FromProjectCalico`); None also if neither is set.
pub fn encapsulation(spec: &IpPoolSpec) -> Encapsulation {
    let mode = |mode: &Option<String>| mode.as_deref().unwrap_or_default().to_ascii_lowercase();
    match (
        mode(&spec.ipip_mode).as_str(),
        mode(&spec.vxlan_mode).as_str(),
    ) {
        ("always", _) => return Encapsulation::Ipip,
        ("crosssubnet", _) => return Encapsulation::IpipCrossSubnet,
        (_, "always") => return Encapsulation::Vxlan,
        (_, "crosssubnet") => return Encapsulation::VxlanCrossSubnet,
        _ => {}
    }
    match &spec.ipip {
        Some(ipip) if ipip.enabled => match ipip.mode.as_deref() {
            Some("cross-subnet") => Encapsulation::IpipCrossSubnet,
            _ => Encapsulation::Ipip,
        },
        _ => Encapsulation::None,
    }
}

/// That of VXLAN alone, if a pool has IPIP as well.
pub fn with_both_tunnels(spec: &IpPoolSpec) -> Option<Encapsulation> {
    let vxlan = spec.vxlan_mode.as_deref().unwrap_or_default();
    let vxlan = match vxlan.to_ascii_lowercase().as_str() {
        "always" => Encapsulation::Vxlan,
        "crosssubnet" => Encapsulation::VxlanCrossSubnet,
        _ => return None,
    };
    encapsulation(spec).is_ipip().then_some(vxlan)
}

/// The values of `ipipMode` and `vxlanMode` for an encapsulation.
pub fn modes(encapsulation: Encapsulation) -> (&'static str, &'static str) {
    match encapsulation {
        Encapsulation::Ipip => ("Always", "Never"),
        Encapsulation::IpipCrossSubnet => ("CrossSubnet", "Never"),
        Encapsulation::Vxlan => ("Never", "Always"),
        Encapsulation::VxlanCrossSubnet => ("Never", "CrossSubnet"),
        Encapsulation::None => ("Never", "Never"),
    }
}
