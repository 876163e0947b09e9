//! Rules for the list of pools as a whole.

use std::collections::HashMap;

use crate::catalog::Entry;
use crate::cidr::Family;
use crate::installation::path::POOLS;
use crate::pool::Field;
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rejection::{
    POOL_VALIDATION, REJECTED_BY_API_SERVER, REJECTED_BY_CORE_CONTROLLER,
    REJECTED_BY_POOL_CONTROLLER, api_server_rejects,
};
use super::rule::{Enforcement, Rule};

/// Source: `maxItems` in the Installation's CRD, Calico 3.28 to 3.32.
const MAXIMUM: usize = 25;

pub(super) const POOLS_MAXIMUM: Rule = Rule {
    entry: Entry {
        code: "pools-maximum",
        title: "an Installation must not have more than 25 pools (operator 1.34 and later)",
        meaning: "The CRD limits the length of ipPools. Additional pools can be created as IPPool \
                  resources.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "Checked for operators 1.34 and later. Earlier operators support one pool per \
                   family: see pools-per-family.",
        fix: "Keep 25 pools in the Installation and add the others as IPPool resources once Calico \
              is running.",
        source: "The Installation's CRD, projectcalico/calico 3.28 to 3.32",
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let count = case.effective.pools.len();
        if !case.operator.since(34) || count <= MAXIMUM {
            return Vec::new();
        }
        vec![Details::at(
            POOLS,
            format!("{count} pools are listed, but only {MAXIMUM} are allowed"),
            api_server_rejects("spec.calicoNetwork.ipPools: Too many: must have at most 25 items"),
            "keep 25 here and add the others as IPPool resources once Calico is running",
        )]
    },
};

pub(super) const POOLS_PER_FAMILY: Rule = Rule {
    entry: Entry {
        code: "pools-per-family",
        title: "operators 1.30 and 1.32 (Calico 3.26 and 3.27) support only one pool per family",
        meaning: "Before 1.34, the operator passes at most one IPv4 pool and one IPv6 pool to \
                  calico-node, which creates them.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Checked for operators before 1.34. The family of a pool is that of its cidr.",
        fix: "Keep one pool per family and add others as IPPool resources once Calico is running, \
              or install Calico 3.28 or later.",
        source: "tigera/operator v1.32.5, pkg/controller/installation/validation.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if case.operator.since(34) {
            return Vec::new();
        }
        Family::BOTH
            .into_iter()
            .filter_map(|family| second_of_family(case, family))
            .collect()
    },
};

fn second_of_family(case: &Case, family: Family) -> Option<Details> {
    let mut pools = case
        .pools()
        .filter(|pool| pool.effective.family() == Some(family));
    let (first, second) = (pools.next()?, pools.next()?);
    let message = match (case.effective.pools.len(), family) {
        (3.., _) => "only one IPPool per version is allowed",
        (_, Family::V4) => "multiple IPv4 IPPools detected: only one IPPool per version is allowed",
        (_, Family::V6) => "multiple IPv6 pools detected: only one IPPool per version is allowed",
    };
    let mut violation = second.violation(
        Field::Cidr,
        format!(
            "operator {} supports one {family} pool, and {} is already listed",
            case.operator,
            shown(first.label())
        ),
        case.core_controller_rejects(message),
        "keep one pool per family here and add others as IPPool resources once Calico is running, \
         or install Calico 3.28 or later",
    );
    violation.fields.push((first.index, Field::Cidr));
    Some(violation)
}

pub(super) const POOL_DUPLICATE: Rule = Rule {
    entry: Entry {
        code: "pool-duplicate",
        title: "two pools must not have the same cidr or the same name",
        meaning: "The operator matches pools by the text of their CIDR and creates each IPPool \
                  under its name.",
        impact: REJECTED_BY_POOL_CONTROLLER,
        criteria: "Checked for operators 1.34 and later. CIDRs are compared as text. Names are \
                   compared after the operator has filled in those that are not set.",
        fix: "Remove one of the two pools, or change its cidr or name.",
        source: POOL_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(34) {
            return Vec::new();
        }
        let (mut cidrs, mut names) = (HashMap::new(), HashMap::new());
        let mut violations = Vec::new();
        for pool in case.pools() {
            // The operator reports the second of two and stops there.
            let same_cidr = first_with(&mut cidrs, pool.written.cidr.as_deref(), pool);
            if let Some((cidr, first)) = same_cidr {
                violations.push(duplicate(case, "cidr", cidr, &first, &pool));
                continue;
            }
            let same_name = first_with(&mut names, pool.effective.name.as_deref(), pool);
            if let Some((name, first)) = same_name {
                violations.push(duplicate(case, "name", name, &first, &pool));
            }
        }
        violations
    },
};

/// The value, and the earlier pool that has it too. Remembers the pool if there is none.
fn first_with<'a>(
    seen: &mut HashMap<&'a str, PoolCase<'a>>,
    value: Option<&'a str>,
    pool: PoolCase<'a>,
) -> Option<(&'a str, PoolCase<'a>)> {
    let value = value?;
    let first = *seen.entry(value).or_insert(pool);
    (first.index < pool.index).then_some((value, first))
}

fn duplicate(
    case: &Case,
    field: &str,
    value: &str,
    first: &PoolCase,
    second: &PoolCase,
) -> Details {
    let value = shown(value);
    Details {
        path: second.path(field),
        fields: vec![(second.index, Field::Cidr), (first.index, Field::Cidr)],
        problem: format!(
            "pool #{} has the same {field} as pool #{}: {value}",
            second.index + 1,
            first.index + 1,
        ),
        impact: case
            .pool_controller_rejects(&format!("IP pool {value} is specified more than once")),
        fix: format!("remove one of the two, or change its {field}"),
        flags: None,
    }
}
