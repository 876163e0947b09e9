//! Rules for pools from which Services of type LoadBalancer get their addresses (operator 1.37 and
//! later). Source: tigera/operator v1.42.3, pkg/controller/ippool/validation.go.

use crate::catalog::Entry;
use crate::pool::{Encapsulation, Field, LOAD_BALANCER};
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::rejection::{POOL_VALIDATION, REJECTED_BY_POOL_CONTROLLER};
use super::rule::{Enforcement, Rule};

const MEANING: &str = "A pool with the use LoadBalancer in allowedUses assigns addresses to Services \
                       of type LoadBalancer.";
const CRITERIA: &str =
    "Checked for operators 1.37 and later, in every pool with the use LoadBalancer.";

pub(super) const LOAD_BALANCER_USES: Rule = Rule {
    entry: Entry {
        code: "load-balancer-uses",
        title: "a LoadBalancer pool must have no other use",
        meaning: MEANING,
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: CRITERIA,
        fix: "Create one pool for LoadBalancer Services and another for pods.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        load_balancer_pools(case)
            .filter_map(|pool| {
                let other = pool
                    .effective
                    .allowed_uses
                    .iter()
                    .find(|value| *value != LOAD_BALANCER)?;
                Some(pool.violation_at(
                    "allowedUses",
                    format!("LoadBalancer cannot be combined with {}", shown(other)),
                    case.pool_controller_rejects(&format!(
                        "IP pool {} AllowedUse LoadBalancer cannot be used with Workload/Tunnel",
                        shown(pool.name())
                    )),
                    "create one pool for LoadBalancer Services and another for pods",
                ))
            })
            .collect()
    },
};

pub(super) const LOAD_BALANCER_ENCAPSULATION: Rule = Rule {
    entry: Entry {
        code: "load-balancer-encapsulation",
        title: "a LoadBalancer pool must have encapsulation None",
        meaning: MEANING,
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "Checked for operators 1.37 and later, in every pool with the use LoadBalancer. \
                   The default encapsulation is taken into account: for IPv4, it is IPIP.",
        fix: "Set encapsulation: None in the pool.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        load_balancer_pools(case)
            .filter_map(|pool| {
                let encapsulation = pool
                    .encapsulation()
                    .filter(|value| *value != Encapsulation::None)?;
                Some(pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation}{} on a LoadBalancer pool",
                        pool.if_default(Field::Encapsulation)
                    ),
                    case.pool_controller_rejects(
                        "IP pool encapsulation must be none if allowedUse is LoadBalancer",
                    ),
                    "set encapsulation: None in that pool",
                ))
            })
            .collect()
    },
};

pub(super) const LOAD_BALANCER_NODE_SELECTOR: Rule = Rule {
    entry: Entry {
        code: "load-balancer-node-selector",
        title: "a LoadBalancer pool must have nodeSelector all()",
        meaning: MEANING,
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: CRITERIA,
        fix: "Set nodeSelector: all() in the pool, or remove the field.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        load_balancer_pools(case)
            .filter(|pool| pool.effective.node_selector != "all()")
            .map(|pool| {
                let selector = shown(&pool.effective.node_selector);
                pool.violation_at(
                    "nodeSelector",
                    format!("{selector} on a LoadBalancer pool"),
                    case.pool_controller_rejects(
                        "IP pool nodeSelector should be set to all() if allowedUse is LoadBalancer",
                    ),
                    "set nodeSelector: all() in that pool",
                )
            })
            .collect()
    },
};

pub(super) const LOAD_BALANCER_BGP_EXPORT: Rule = Rule {
    entry: Entry {
        code: "load-balancer-bgp-export",
        title: "a LoadBalancer pool must not set disableBGPExport",
        meaning: MEANING,
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: CRITERIA,
        fix: "Remove disableBGPExport from the pool.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        load_balancer_pools(case)
            .filter(|pool| pool.written.disable_bgp_export == Some(true))
            .map(|pool| {
                pool.violation_at(
                    "disableBGPExport",
                    "true on a LoadBalancer pool".to_owned(),
                    case.pool_controller_rejects(
                        "IP pool disable bgp export must be false when AllowedUse is LoadBalancer",
                    ),
                    "remove disableBGPExport from that pool",
                )
            })
            .collect()
    },
};

pub(super) const LOAD_BALANCER_NAT_OUTGOING: Rule = Rule {
    entry: Entry {
        code: "load-balancer-nat-outgoing",
        title: "with operators 1.37 to 1.39, a LoadBalancer pool must not have natOutgoing \
                Disabled",
        meaning: MEANING,
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "Checked for operators 1.37 to 1.39 (Calico 3.30). The default is taken into \
                   account: for IPv6, it is Disabled.",
        fix: "Set natOutgoing: Enabled in the pool, which changes nothing for Services, or install \
              Calico 3.31 or later.",
        source: "tigera/operator v1.38.13, pkg/controller/ippool/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.operator.since(40) {
            return Vec::new();
        }
        load_balancer_pools(case)
            .filter(|pool| pool.effective.nat_outgoing.as_deref() == Some("Disabled"))
            .map(|pool| {
                let default = if pool.written.nat_outgoing.is_none() {
                    " (the operator's default for IPv6)"
                } else {
                    ""
                };
                pool.violation_at(
                    "natOutgoing",
                    format!("Disabled{default} on a LoadBalancer pool"),
                    case.pool_controller_rejects(&format!(
                        "IP pool {} NATOutgoing cannot be disabled with allowedUse LoadBalancer",
                        shown(pool.name())
                    )),
                    "set natOutgoing: Enabled in that pool",
                )
            })
            .collect()
    },
};

fn load_balancer_pools<'a>(case: &Case<'a>) -> impl Iterator<Item = PoolCase<'a>> {
    let is_known = case.operator.since(37);
    case.pools()
        .filter(move |pool| is_known && pool.effective.uses().load_balancer)
}
