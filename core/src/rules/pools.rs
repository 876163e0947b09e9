//! Rules for pools beside each other.

use crate::cidr::Family;
use crate::pool::Field;
use crate::text::printable;

use super::case::PoolCase;
use super::encapsulation::cni_and_why;
use super::{Breach, Case, RefusedBy, Rule};

pub(super) const POOLS_PER_FAMILY: Rule = Rule {
    name: "pools-per-family",
    summary: "operators 1.30 and 1.32 (Calico 3.26 and 3.27) take one pool per family",
    refused_by: RefusedBy::Operator,
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
            let mut breach = second.breach(
                Field::Cidr,
                format!(
                    "operator {} takes one {family} pool, and {} is there already",
                    case.operator,
                    printable(first.label())
                ),
                case.core_controller_says(said),
                "keep one pool per family here and add others as IPPool resources \
                 once Calico runs, or install Calico 3.28 or later",
            );
            breach.fields.push((first.index, Field::Cidr));
            Some(breach)
        };
        Family::BOTH.into_iter().filter_map(surplus).collect()
    },
};

pub(super) const POOL_DUPLICATE: Rule = Rule {
    name: "pool-duplicate",
    summary: "no two pools have the same cidr or the same name",
    refused_by: RefusedBy::Operator,
    check: |case| {
        if !case.operator.since(34) {
            return Vec::new();
        }
        let same = |what: &str, field, value: String, first: &PoolCase, second: &PoolCase| {
            let mut breach = second.breach(
                Field::Cidr,
                format!(
                    "pool #{} has the same {what} as pool #{}: {}",
                    second.index + 1,
                    first.index + 1,
                    printable(&value)
                ),
                case.pool_controller_says(&format!(
                    "IP pool {} is specified more than once",
                    printable(&value)
                )),
                format!("remove one of the two, or give it another {what}"),
            );
            breach.path = second.path(field);
            breach.fields.push((first.index, Field::Cidr));
            breach
        };
        pairs(case, |first, second| {
            let cidr = second.written.cidr.as_ref();
            if cidr.is_some() && first.written.cidr.as_ref() == cidr {
                return Some(same("cidr", "cidr", cidr?.clone(), first, second));
            }
            let name = second.effective.name.as_ref();
            (name.is_some() && first.effective.name.as_ref() == name).then(|| {
                same(
                    "name",
                    "name",
                    name.cloned().unwrap_or_default(),
                    first,
                    second,
                )
            })
        })
    },
};

pub(super) const POOL_OVERLAP: Rule = Rule {
    name: "pool-overlap",
    summary: "no two pools share an address",
    refused_by: RefusedBy::NoOne,
    check: |case| {
        pairs(case, |first, second| {
            let (one, other) = (first.effective.network()?, second.effective.network()?);
            // The operator finds the same text twice by itself.
            if first.written.cidr == second.written.cidr || !one.overlaps(other) {
                return None;
            }
            let mut breach = second.breach(
                Field::Cidr,
                format!("{other} overlaps {one}, the pool #{}", first.index + 1),
                "the operator makes both pools, so that two pods can get the same address; \
                 afterwards Calico's API refuses changes to either (IPPool CIDR overlaps)"
                    .to_owned(),
                "choose ranges that have no address in common",
            );
            breach.fields.push((first.index, Field::Cidr));
            Some(breach)
        })
    },
};

pub(super) const NODE_SELECTOR_WITHOUT_CALICO_CNI: Rule = Rule {
    name: "node-selector-without-calico-cni",
    summary: "under another CNI plugin than Calico's every pool's nodeSelector is all()",
    refused_by: RefusedBy::Operator,
    check: |case| {
        if case.effective.is_calico_cni() {
            return Vec::new();
        }
        let other = |pool: PoolCase| {
            let selector = printable(&pool.effective.node_selector);
            (selector != "all()").then(|| {
                pool.breach_at(
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

/// What `judge` says of each two pools, the earlier one first.
fn pairs(case: &Case, judge: impl Fn(&PoolCase, &PoolCase) -> Option<Breach>) -> Vec<Breach> {
    let pools: Vec<_> = case.pools().collect();
    let pairs = pools
        .iter()
        .enumerate()
        .flat_map(|(i, first)| pools.iter().skip(i + 1).map(move |second| (first, second)));
    pairs
        .filter_map(|(first, second)| judge(first, second))
        .collect()
}
