//! Rules about who programs routes: BGP, the CNI plugin, the eBPF dataplane.

use crate::cidr::Family;
use crate::pool::{Encapsulation, Field};
use crate::text::shown;

use super::case::PoolCase;
use super::encapsulation::cni_and_why;
use super::{Case, Details, Enforcement, Rule};

pub(super) const IPIP_WITHOUT_BGP: Rule = Rule {
    name: "ipip-without-bgp",
    summary: "IPIP is not used with BGP disabled, unless Felix programs the routes",
    enforcement: Enforcement::Operator,
    check: |case| {
        needs_bgp(
            case,
            Encapsulation::is_ipip,
            |operator_1_42| match operator_1_42 {
                true => {
                    "with BIRD cluster routing mode, IPIP encapsulation requires that BGP is enabled"
                }
                false => "IPIP encapsulation requires that BGP is enabled",
            },
        )
    },
};

pub(super) const UNENCAPSULATED_WITHOUT_BGP: Rule = Rule {
    name: "unencapsulated-without-bgp",
    summary: "None is not used with BGP disabled, unless Felix programs the routes",
    enforcement: Enforcement::Operator,
    check: |case| {
        let none = |e| e == Encapsulation::None;
        needs_bgp(case, none, |operator_1_42| match operator_1_42 {
            true => {
                "with BIRD cluster routing mode, unencapsulated IP pools require that BGP is enabled"
            }
            false => "unencapsulated IP pools require that BGP is enabled",
        })
    },
};

/// Pools that only BGP can route. The operator asks this of Calico's CNI with Calico IPAM only.
fn needs_bgp(
    case: &Case,
    concerns: fn(Encapsulation) -> bool,
    said: fn(bool) -> &'static str,
) -> Vec<Details> {
    let effective = case.effective;
    if effective.bgp || !effective.is_calico_cni() || effective.ipam != "Calico" {
        return Vec::new();
    }
    let why = if effective.bgp_is_default {
        "BGP is off by default on EKS"
    } else {
        "spec.calicoNetwork.bgp is not Enabled"
    };
    let unrouted = |pool: PoolCase| {
        let encapsulation = pool.encapsulation().filter(|e| concerns(*e))?;
        (!felix_routes(case, encapsulation)).then(|| {
            pool.violation(
                Field::Encapsulation,
                format!(
                    "{encapsulation}{} needs BGP, and {why}",
                    pool.if_default(Field::Encapsulation)
                ),
                case.core_controller_says(said(case.operator.since(42))),
                "use VXLAN or VXLANCrossSubnet, or set spec.calicoNetwork.bgp: Enabled",
            )
        })
    };
    case.pools_checked_by_core().filter_map(unrouted).collect()
}

/// `clusterRoutingMode` came with operator 1.42; FelixIPIPOnly with 1.43.
/// Source: tigera/operator, `felixProgramsClusterRoutes`.
fn felix_routes(case: &Case, encapsulation: Encapsulation) -> bool {
    case.operator.since(42)
        && match case.written.cluster_routing_mode.as_deref() {
            Some("Felix") => true,
            Some("FelixIPIPOnly") => encapsulation.is_ipip(),
            _ => false,
        }
}

pub(super) const BGP_WITHOUT_CALICO_CNI: Rule = Rule {
    name: "bgp-without-calico-cni",
    summary: "BGP is not enabled under another CNI plugin than Calico's",
    enforcement: Enforcement::Operator,
    check: |case| {
        let any_pool = case.pools_checked_by_core().next().is_some();
        if case.effective.is_calico_cni() || !case.effective.bgp || !any_pool {
            return Vec::new();
        }
        vec![Details {
            path: "spec.calicoNetwork.bgp".to_owned(),
            fields: Vec::new(),
            problem: format!(
                "BGP needs Calico's CNI plugin, and this Installation uses {}",
                cni_and_why(case)
            ),
            impact: case.core_controller_says("BGP is not supported when using non-Calico CNI"),
            fix: "set spec.calicoNetwork.bgp: Disabled, or spec.cni.type: Calico".to_owned(),
        }]
    },
};

pub(super) const BPF_WITH_IPV6: Rule = Rule {
    name: "bpf-with-ipv6",
    summary: "operators before 1.34 do not combine the eBPF dataplane with IPv6 (1.30) or dual stack (1.32)",
    enforcement: Enforcement::Operator,
    check: |case| {
        if !is_bpf(case) || case.operator.since(34) {
            return Vec::new();
        }
        let dual_stack = case
            .pools()
            .any(|p| p.effective.family() == Some(Family::V4));
        let said = match (case.operator.since(32), dual_stack) {
            (false, _) => "IPv6 IP pool is specified but eBPF mode does not support IPv6",
            (true, true) => "bpf dataplane does not support dual stack",
            (true, false) => return Vec::new(),
        };
        ipv6_pools(case, |pool| {
            pool.violation(
                Field::Cidr,
                format!(
                    "operator {} does not run the eBPF dataplane with this pool \
                     (spec.calicoNetwork.linuxDataplane is BPF)",
                    case.operator
                ),
                case.core_controller_says(said),
                "remove the IPv6 pool, use another dataplane, or install Calico 3.28 or later",
            )
        })
    },
};

pub(super) const BPF_IPV6_AUTODETECTION: Rule = Rule {
    name: "bpf-ipv6-autodetection",
    summary: "with the eBPF dataplane an IPv6 pool needs nodeAddressAutodetectionV6",
    enforcement: Enforcement::Operator,
    check: |case| {
        // Before 1.34 the operator filled it in wherever there was an IPv6 pool. Since then it
        // looks at live pools only, and a first install has none.
        let live = case
            .cluster
            .is_some_and(|cluster| cluster.existing_of(Family::V6).next().is_some());
        let is_filled_in = case.written.autodetects_ipv6 || !case.operator.since(34) || live;
        if !is_bpf(case) || is_filled_in {
            return Vec::new();
        }
        ipv6_pools(case, |pool| {
            pool.violation(
                Field::Cidr,
                format!(
                    "the eBPF dataplane must be told how to find the nodes' IPv6 addresses \
                     for the pool {}",
                    shown(pool.label())
                ),
                case.core_controller_says(
                    "spec.calicoNetwork.nodeAddressAutodetectionV6 is required for the BPF dataplane",
                ),
                "set spec.calicoNetwork.nodeAddressAutodetectionV6: {firstFound: true}, \
                 or another of its methods",
            )
        })
    },
};

fn is_bpf(case: &Case) -> bool {
    case.written.linux_dataplane.as_deref() == Some("BPF")
}

fn ipv6_pools(case: &Case, breach: impl Fn(&PoolCase) -> Details) -> Vec<Details> {
    case.pools()
        .filter(|pool| pool.effective.family() == Some(Family::V6))
        .map(|pool| breach(&pool))
        .collect()
}
