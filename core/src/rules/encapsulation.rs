//! Rules for a pool's encapsulation.

use crate::catalog::Entry;
use crate::cidr::Family;
use crate::pool::{Encapsulation, Field, did_you_mean};
use crate::text::{quoted, shown};

use super::rejection::{
    CORE_VALIDATION, REJECTED_BY_API_SERVER, REJECTED_BY_CORE_CONTROLLER, api_server_rejects,
};
use super::rule::{Enforcement, Rule};

pub(super) const ENCAPSULATION_NAME: Rule = Rule {
    entry: Entry {
        code: "encapsulation-name",
        title: "encapsulation must be IPIPCrossSubnet, IPIP, VXLAN, VXLANCrossSubnet or None",
        meaning: "The Installation's encapsulation is an enum, unlike the ipipMode and vxlanMode of \
                  an IPPool. Values are case-sensitive.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "The value is checked as written. An empty value is also rejected, although the \
                   operator would replace it with its default.",
        fix: "Use one of the five values.",
        source: "The Installation's CRD, projectcalico/calico 3.26 to 3.32",
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.pools()
            .filter_map(|pool| {
                let written = pool.written.encapsulation.as_deref()?;
                let error = written.parse::<Encapsulation>().err()?;
                Some(pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{} is not an encapsulation{}",
                        quoted(&error.0),
                        did_you_mean(&error.0)
                    ),
                    api_server_rejects(&format!("Unsupported value: \"{}\"", shown(&error.0))),
                    format!("use one of {}", Encapsulation::NAMES.join(", ")),
                ))
            })
            .collect()
    },
};

pub(super) const IPIP_ON_IPV6: Rule = Rule {
    entry: Entry {
        code: "ipip-on-ipv6",
        title: "an IPv6 pool must not use IPIP",
        meaning: "IPIP carries IPv4 only. In a dual-stack cluster the two pools often need \
                  different encapsulations.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Applies to IPIP and IPIPCrossSubnet. The default of an IPv6 pool is None.",
        fix: "Use VXLAN, VXLANCrossSubnet or None for IPv6. For dual stack, pass one value per \
              family: --encapsulation IPIP,v6=VXLAN.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        case.pools()
            .filter(|pool| pool.effective.family() == Some(Family::V6))
            .filter_map(|pool| {
                let encapsulation = pool.encapsulation().filter(|value| value.is_ipip())?;
                Some(pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation}{} cannot carry IPv6",
                        pool.if_default(Field::Encapsulation)
                    ),
                    case.core_controller_rejects(&format!(
                        "IPIP encapsulation is not supported by IPv6 pools, but it is set for {}",
                        pool.label()
                    )),
                    "use VXLAN, VXLANCrossSubnet or None for IPv6",
                )
                .flags("as with --encapsulation IPIP,v6=VXLAN"))
            })
            .collect()
    },
};

pub(super) const VXLAN_WITH_HOST_LOCAL: Rule = Rule {
    entry: Entry {
        code: "vxlan-with-host-local",
        title: "VXLAN cannot be used with host-local IPAM",
        meaning: "With host-local IPAM (spec.cni.ipam.type: HostLocal), each node assigns \
                  addresses from its own podCIDR instead of from Calico's blocks.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Applies to VXLAN and VXLANCrossSubnet with Calico's CNI plugin. Before 1.34, \
                   only IPv4 pools are checked.",
        fix: "Use IPIP, IPIPCrossSubnet or None, or Calico IPAM (spec.cni.ipam.type: Calico).",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.effective.is_calico_cni() || case.effective.ipam != "HostLocal" {
            return Vec::new();
        }
        case.pools_checked_by_core()
            .filter_map(|pool| {
                let encapsulation = pool.encapsulation().filter(|value| value.is_vxlan())?;
                Some(pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation} does not work with host-local IPAM (spec.cni.ipam.type)"
                    ),
                    case.core_controller_rejects(&format!(
                        "{encapsulation} is invalid for ipPool.encapsulation with Calico CNI and \
                         HostLocal IPAM"
                    )),
                    if case.has_existing_pools() {
                        "use IPIP, IPIPCrossSubnet or None"
                    } else {
                        "use IPIP, IPIPCrossSubnet or None; or Calico IPAM (spec.cni.ipam.type: \
                         Calico), if the cluster has no pods yet"
                    },
                ))
            })
            .collect()
    },
};
