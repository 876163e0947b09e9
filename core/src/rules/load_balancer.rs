//! Rules for pools that Services of type LoadBalancer take their addresses from (operator 1.38
//! and later). Source: tigera/operator v1.42.3, pkg/controller/ippool/validation.go.

use crate::pool::{Encapsulation, Field, LOAD_BALANCER};
use crate::text::shown;

use super::case::PoolCase;
use super::{Case, Enforcement, Rule};

pub(super) const LOAD_BALANCER_USES: Rule = Rule {
    name: "load-balancer-uses",
    summary: "a pool for LoadBalancer is for nothing else",
    enforcement: Enforcement::Operator,
    check: |case| {
        let mixed = |pool: PoolCase| {
            let uses = &pool.effective.allowed_uses;
            let others: Vec<_> = uses.iter().filter(|used| *used != LOAD_BALANCER).collect();
            let other = others.first()?;
            Some(pool.violation_at(
                "allowedUses",
                format!("LoadBalancer does not go together with {}", shown(other)),
                case.pool_controller_says(&format!(
                    "IP pool {} AllowedUse LoadBalancer cannot be used with Workload/Tunnel",
                    shown(pool.label())
                )),
                "make one pool for LoadBalancer and another for pods",
            ))
        };
        load_balancer_pools(case).filter_map(mixed).collect()
    },
};

pub(super) const LOAD_BALANCER_ENCAPSULATION: Rule = Rule {
    name: "load-balancer-encapsulation",
    summary: "a pool for LoadBalancer has encapsulation None",
    enforcement: Enforcement::Operator,
    check: |case| {
        let encapsulated = |pool: PoolCase| {
            let encapsulation = pool.encapsulation()?;
            (encapsulation != Encapsulation::None).then(|| {
                pool.violation(
                    Field::Encapsulation,
                    format!(
                        "{encapsulation}{} on a pool for LoadBalancer",
                        pool.if_default(Field::Encapsulation)
                    ),
                    case.pool_controller_says(
                        "IP pool encapsulation must be none if allowedUse is LoadBalancer",
                    ),
                    "write encapsulation: None in that pool",
                )
            })
        };
        load_balancer_pools(case).filter_map(encapsulated).collect()
    },
};

pub(super) const LOAD_BALANCER_NODE_SELECTOR: Rule = Rule {
    name: "load-balancer-node-selector",
    summary: "a pool for LoadBalancer has nodeSelector all()",
    enforcement: Enforcement::Operator,
    check: |case| {
        let selective = |pool: PoolCase| {
            let selector = shown(&pool.effective.node_selector);
            (selector != "all()").then(|| {
                pool.violation_at(
                    "nodeSelector",
                    format!("{selector} on a pool for LoadBalancer"),
                    case.pool_controller_says(
                        "IP pool nodeSelector should be set to all() if allowedUse is LoadBalancer",
                    ),
                    "write nodeSelector: all() in that pool",
                )
            })
        };
        load_balancer_pools(case).filter_map(selective).collect()
    },
};

pub(super) const LOAD_BALANCER_BGP_EXPORT: Rule = Rule {
    name: "load-balancer-bgp-export",
    summary: "a pool for LoadBalancer does not set disableBGPExport",
    enforcement: Enforcement::Operator,
    check: |case| {
        load_balancer_pools(case)
            .filter(|pool| pool.written.disable_bgp_export == Some(true))
            .map(|pool| {
                pool.violation_at(
                    "disableBGPExport",
                    "true on a pool for LoadBalancer".to_owned(),
                    case.pool_controller_says(
                        "IP pool disable bgp export must be false when AllowedUse is LoadBalancer",
                    ),
                    "remove disableBGPExport from that pool",
                )
            })
            .collect()
    },
};

fn load_balancer_pools<'a>(case: &Case<'a>) -> impl Iterator<Item = PoolCase<'a>> {
    let known = case.operator.since(38);
    case.pools()
        .filter(move |pool| known && pool.effective.is_for_load_balancers())
}
