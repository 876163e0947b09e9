//! Rules for pools whose routes are distributed only by BGP.

use crate::catalog::Entry;
use crate::pool::{Encapsulation, Field};

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rejection::REJECTED_BY_CORE_CONTROLLER;
use super::rule::{Enforcement, Rule};

const CRITERIA: &str = "Checked with Calico's CNI plugin and Calico IPAM; before 1.34 for IPv4 \
                        pools only. BGP is disabled if spec.calicoNetwork.bgp is Disabled, and by \
                        default on EKS. Felix programs the routes if clusterRoutingMode is Felix \
                        (operator 1.42 and later).";
const FIX: &str = "Use VXLAN or VXLANCrossSubnet, or set spec.calicoNetwork.bgp: Enabled.";
const SOURCE: &str = "tigera/operator v1.42.3, pkg/controller/installation/validation.go \
                      (felixProgramsClusterRoutes)";

pub(super) const IPIP_WITHOUT_BGP: Rule = Rule {
    entry: Entry {
        code: "ipip-without-bgp",
        title: "IPIP must not be used with BGP disabled, unless Felix programs the routes",
        meaning: "With IPIP, BIRD programs the routes to the pods of other nodes and learns them by \
                  BGP.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: CRITERIA,
        fix: FIX,
        source: SOURCE,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let message = "IPIP encapsulation requires that BGP is enabled";
        violations(case, Encapsulation::is_ipip, message)
    },
};

pub(super) const UNENCAPSULATED_WITHOUT_BGP: Rule = Rule {
    entry: Entry {
        code: "unencapsulated-without-bgp",
        title: "None must not be used with BGP disabled, unless Felix programs the routes",
        meaning: "Without encapsulation, BIRD programs the routes to the pods of other nodes and \
                  learns them by BGP. IPv6 pools are affected too, because their default is None.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: CRITERIA,
        fix: FIX,
        source: SOURCE,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let message = "unencapsulated IP pools require that BGP is enabled";
        violations(
            case,
            |encapsulation| encapsulation == Encapsulation::None,
            message,
        )
    },
};

/// A violation for each pool that would need BGP, with the operator's message of before 1.42.
fn violations(case: &Case, is_affected: fn(Encapsulation) -> bool, message: &str) -> Vec<Details> {
    let message = if case.operator.since(42) {
        format!("with BIRD cluster routing mode, {message}")
    } else {
        message.to_owned()
    };
    unrouted_pools(case)
        .filter(|(_, encapsulation)| is_affected(*encapsulation))
        .map(|(pool, encapsulation)| unrouted(case, &pool, encapsulation, &message))
        .collect()
}

/// The pools that would need BGP if their encapsulation does. The operator checks this only with
/// Calico's CNI plugin and Calico IPAM.
fn unrouted_pools<'a>(case: &'a Case<'a>) -> impl Iterator<Item = (PoolCase<'a>, Encapsulation)> {
    let effective = case.effective;
    let is_checked = !effective.bgp && effective.is_calico_cni() && effective.ipam == "Calico";
    case.pools_checked_by_core()
        .filter(move |_| is_checked)
        .filter_map(|pool| Some((pool, pool.encapsulation()?)))
        .filter(|(_, encapsulation)| !felix_programs_routes(case, *encapsulation))
}

/// `clusterRoutingMode` came with operator 1.42, FelixIPIPOnly with 1.44.
/// Source: tigera/operator, `felixProgramsClusterRoutes`.
fn felix_programs_routes(case: &Case, encapsulation: Encapsulation) -> bool {
    case.operator.since(42)
        && match case.written.cluster_routing_mode.as_deref() {
            Some("Felix") => true,
            Some("FelixIPIPOnly") => case.operator.since(44) && encapsulation.is_ipip(),
            _ => false,
        }
}

fn unrouted(case: &Case, pool: &PoolCase, encapsulation: Encapsulation, message: &str) -> Details {
    let reason = if case.effective.bgp_is_default {
        "BGP is disabled by default on EKS"
    } else {
        "spec.calicoNetwork.bgp is not Enabled"
    };
    pool.violation(
        Field::Encapsulation,
        format!(
            "{encapsulation}{} needs BGP, but {reason}",
            pool.if_default(Field::Encapsulation)
        ),
        case.core_controller_rejects(message),
        "use VXLAN or VXLANCrossSubnet, or set spec.calicoNetwork.bgp: Enabled",
    )
}
