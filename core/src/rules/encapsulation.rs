//! Rules for a pool's encapsulation.

use crate::cidr::Family;
use crate::pool::{Encapsulation, Field, did_you_mean};
use crate::text::{quoted, shown};

use super::case::{PoolCase, api_server_says};
use super::{Enforcement, Rule};

pub(super) const ENCAPSULATION_NAME: Rule = Rule {
    name: "encapsulation-name",
    summary: "encapsulation is IPIPCrossSubnet, IPIP, VXLAN, VXLANCrossSubnet or None",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let unknown = |pool: PoolCase| {
            // As written: the operator fills in an empty one, but the schema comes first.
            let error = pool
                .written
                .encapsulation
                .as_deref()?
                .parse::<Encapsulation>()
                .err()?;
            Some(pool.violation(
                Field::Encapsulation,
                format!(
                    "{} is not an encapsulation{}",
                    quoted(&error.0),
                    did_you_mean(&error.0)
                ),
                api_server_says(&format!("Unsupported value: \"{}\"", shown(&error.0))),
                format!("write one of {}", Encapsulation::NAMES.join(", ")),
            ))
        };
        case.pools().filter_map(unknown).collect()
    },
};

pub(super) const IPIP_ON_IPV6: Rule = Rule {
    name: "ipip-on-ipv6",
    summary: "an IPv6 pool does not use IPIP",
    enforcement: Enforcement::Operator,
    check: |case| {
        let ipip = |pool: PoolCase| {
            let encapsulation = pool.encapsulation().filter(|e| e.is_ipip())?;
            (pool.effective.family()? == Family::V6).then(|| {
                pool.violation(
                    Field::Encapsulation,
                    format!("{encapsulation} cannot carry IPv6"),
                    case.core_controller_says(&format!(
                        "IPIP encapsulation is not supported by IPv6 pools, but it is set for {}",
                        pool.label()
                    )),
                    "use VXLAN, VXLANCrossSubnet or None for IPv6, \
                     as in --encapsulation IPIP,v6=VXLAN",
                )
            })
        };
        case.pools().filter_map(ipip).collect()
    },
};

pub(super) const VXLAN_WITH_HOST_LOCAL: Rule = Rule {
    name: "vxlan-with-host-local",
    summary: "host-local IPAM is not combined with VXLAN",
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.effective.is_calico_cni() || case.effective.ipam != "HostLocal" {
            return Vec::new();
        }
        let vxlan = |pool: PoolCase| {
            let encapsulation = pool.encapsulation().filter(|e| e.is_vxlan())?;
            Some(pool.violation(
                Field::Encapsulation,
                format!("{encapsulation} does not work with host-local IPAM (spec.cni.ipam.type)"),
                case.core_controller_says(&format!(
                    "{encapsulation} is invalid for ipPool.encapsulation with Calico CNI and HostLocal IPAM"
                )),
                "use IPIP, IPIPCrossSubnet or None, or set spec.cni.ipam.type: Calico",
            ))
        };
        case.pools_checked_by_core().filter_map(vxlan).collect()
    },
};

pub(super) const ENCAPSULATION_WITHOUT_CALICO_CNI: Rule = Rule {
    name: "encapsulation-without-calico-cni",
    summary: "under another CNI plugin than Calico's every pool's encapsulation is None",
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.effective.is_calico_cni() {
            return Vec::new();
        }
        let encapsulated = |pool: PoolCase| {
            let encapsulation = pool.encapsulation()?;
            (encapsulation != Encapsulation::None).then(|| {
                pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation} needs Calico's CNI plugin, and this Installation uses {}",
                        cni_and_why(case)
                    ),
                    case.core_controller_says(&format!(
                        "{encapsulation} is invalid for ipPool.encapsulation when using \
                         non-Calico CNI, should be None"
                    )),
                    "use None, or set spec.cni.type: Calico",
                )
            })
        };
        case.pools_checked_by_core()
            .filter_map(encapsulated)
            .collect()
    },
};

/// `AmazonVPC (the operator's default for kubernetesProvider EKS)`
pub(super) fn cni_and_why(case: &super::Case) -> String {
    let cni = shown(&case.effective.cni);
    match (&case.written.cni, &case.written.provider) {
        (None, Some(provider)) => format!(
            "{cni} (the operator's default for kubernetesProvider {})",
            shown(provider)
        ),
        _ => cni,
    }
}

pub(super) const WINDOWS_ENCAPSULATION: Rule = Rule {
    name: "windows-encapsulation",
    summary: "with Windows nodes an IPv4 pool uses VXLAN or None",
    enforcement: Enforcement::Operator,
    check: |case| {
        let windows = case
            .written
            .windows_dataplane
            .as_deref()
            .unwrap_or("Disabled");
        if windows == "Disabled" || !case.operator.since(32) {
            return Vec::new();
        }
        let other = |pool: PoolCase| {
            let encapsulation = pool.encapsulation()?;
            let works = matches!(encapsulation, Encapsulation::Vxlan | Encapsulation::None);
            (pool.effective.family()? == Family::V4 && !works).then(|| {
                pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation}{} does not work on Windows nodes \
                         (spec.calicoNetwork.windowsDataplane is {})",
                        pool.if_default(Field::Encapsulation),
                        shown(windows)
                    ),
                    case.core_controller_says(&format!(
                        "IPv4 IPPool encapsulation {encapsulation} is not supported by Calico for Windows"
                    )),
                    "use VXLAN or None",
                )
            })
        };
        case.pools().filter_map(other).collect()
    },
};
