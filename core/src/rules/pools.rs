//! Rules for pools beside each other.

use std::collections::HashMap;

use crate::cidr::{Cidr, Family};
use crate::pool::Field;
use crate::text::shown;

use super::case::PoolCase;
use super::encapsulation::cni_and_why;
use super::{Case, Enforcement, Rule};

pub(super) const POOLS_PER_FAMILY: Rule = Rule {
    name: "pools-per-family",
    summary: "operators 1.30 and 1.32 (Calico 3.26 and 3.27) take one pool per family",
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.operator.since(34) {
            return Vec::new();
        }
        let total = case.effective.pools.len();
        let surplus = |family| {
            let mut pools = case
                .pools()
                .filter(|pool| pool.effective.family() == Some(family));
            let (first, second) = (pools.next()?, pools.next()?);
            let said = match (total, family) {
                (3.., _) => "only one IPPool per version is allowed",
                (_, Family::V4) => {
                    "multiple IPv4 IPPools detected: only one IPPool per version is allowed"
                }
                (_, Family::V6) => {
                    "multiple IPv6 pools detected: only one IPPool per version is allowed"
                }
            };
            let mut violation = second.violation(
                Field::Cidr,
                format!(
                    "operator {} takes one {family} pool, and {} is there already",
                    case.operator,
                    shown(first.label())
                ),
                case.core_controller_says(said),
                "keep one pool per family here and add others as IPPool resources \
                 once Calico runs, or install Calico 3.28 or later",
            );
            violation.fields.push((first.index, Field::Cidr));
            Some(violation)
        };
        Family::BOTH.into_iter().filter_map(surplus).collect()
    },
};

pub(super) const POOL_DUPLICATE: Rule = Rule {
    name: "pool-duplicate",
    summary: "no two pools have the same cidr or the same name",
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(34) {
            return Vec::new();
        }
        let same = |field: &str, value: &str, first: &PoolCase, second: &PoolCase| {
            let mut violation = second.violation(
                Field::Cidr,
                format!(
                    "pool #{} has the same {field} as pool #{}: {}",
                    second.index + 1,
                    first.index + 1,
                    shown(value)
                ),
                case.pool_controller_says(&format!(
                    "IP pool {} is specified more than once",
                    shown(value)
                )),
                format!("remove one of the two, or give it another {field}"),
            );
            violation.path = second.path(field);
            violation.fields.push((first.index, Field::Cidr));
            violation
        };
        // The operator names the second of two, and stops there.
        let (mut cidrs, mut names) = (HashMap::new(), HashMap::new());
        let pools: Vec<PoolCase> = case.pools().collect();
        let mut violations = Vec::new();
        for pool in &pools {
            let cidr = pool.written.cidr.as_ref();
            let name = pool.effective.name.as_ref();
            let first = cidr.map(|cidr| *cidrs.entry(cidr).or_insert(pool));
            if let Some((first, cidr)) = first
                .zip(cidr)
                .filter(|(first, _)| first.index < pool.index)
            {
                violations.push(same("cidr", cidr, first, pool));
                continue;
            }
            let first = name.map(|name| *names.entry(name).or_insert(pool));
            if let Some((first, name)) = first
                .zip(name)
                .filter(|(first, _)| first.index < pool.index)
            {
                violations.push(same("name", name, first, pool));
            }
        }
        violations
    },
};

pub(super) const POOL_OVERLAP: Rule = Rule {
    name: "pool-overlap",
    summary: "no two pools share an address",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let overlap = |(first, second): (PoolCase, PoolCase)| {
            let (one, other) = (first.effective.network()?, second.effective.network()?);
            // The operator finds the same text twice by itself.
            if first.written.cidr == second.written.cidr {
                return None;
            }
            let mut violation = second.violation(
                Field::Cidr,
                format!("{other} overlaps {one}, the pool #{}", first.index + 1),
                "the operator makes both pools, so that two pods can get the same address; \
                 afterwards Calico's API refuses changes to either (IPPool CIDR overlaps)"
                    .to_owned(),
                "choose ranges that have no address in common",
            );
            violation.fields.push((first.index, Field::Cidr));
            Some(violation)
        };
        overlapping(case).into_iter().filter_map(overlap).collect()
    },
};

pub(super) const NODE_SELECTOR_WITHOUT_CALICO_CNI: Rule = Rule {
    name: "node-selector-without-calico-cni",
    summary: "under another CNI plugin than Calico's every pool's nodeSelector is all()",
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.effective.is_calico_cni() {
            return Vec::new();
        }
        let other = |pool: PoolCase| {
            let selector = shown(&pool.effective.node_selector);
            (selector != "all()").then(|| {
                pool.violation_at(
                    "nodeSelector",
                    format!(
                        "{selector} chooses nodes, and this Installation uses {}",
                        cni_and_why(case)
                    ),
                    case.pool_controller_says(&format!(
                        "IP pool nodeSelector ({selector}) should be 'all()' when using \
                         non-Calico CNI plugin"
                    )),
                    "write nodeSelector: all()",
                )
            })
        };
        case.pools().filter_map(other).collect()
    },
};

/// Pools that share addresses, each with the smallest of those that hold all of its own, in the
/// order in which they are listed. Two CIDRs share nothing, or one holds the other.
fn overlapping<'a>(case: &Case<'a>) -> Vec<(PoolCase<'a>, PoolCase<'a>)> {
    let network = |pool: &PoolCase<'a>| pool.effective.network().map(Cidr::network);
    let mut pools: Vec<(Cidr, PoolCase)> = case
        .pools()
        .filter_map(|pool| Some((network(&pool)?, pool)))
        .collect();
    // What holds others comes right before them.
    pools.sort_by_key(|(cidr, pool)| (cidr.address(), cidr.prefix(), pool.index));
    let mut holding: Vec<(Cidr, PoolCase)> = Vec::new();
    let mut found = Vec::new();
    for (cidr, pool) in pools {
        while holding
            .pop_if(|(outer, _)| !outer.contains(&cidr))
            .is_some()
        {}
        if let Some((_, outer)) = holding.last() {
            let (first, second) = if outer.index < pool.index {
                (*outer, pool)
            } else {
                (pool, *outer)
            };
            found.push((first, second));
        }
        holding.push((cidr, pool));
    }
    found.sort_by_key(|(first, second)| (second.index, first.index));
    found
}
