//! Fields of a pool, and uses in `allowedUses`, that not every operator knows.

use crate::catalog::Entry;
use crate::operator::OperatorVersion;
use crate::pool::{LOAD_BALANCER, TUNNEL, WORKLOAD};
use crate::text::{closest, quoted, shown};

use super::case::{Case, PoolCase};
use super::details::Details;
use super::rule::{Enforcement, Rule};

/// The fields of a pool, with the operator minor that introduced each.
/// Source: the Installation's CRD of each release, Calico 3.26 to 3.32.
const FIELDS: [(&str, u32); 10] = [
    ("cidr", 0),
    ("blockSize", 0),
    ("encapsulation", 0),
    ("natOutgoing", 0),
    ("nodeSelector", 0),
    ("disableBGPExport", 30),
    ("name", 34),
    ("allowedUses", 34),
    ("disableNewAllocations", 36),
    ("assignmentMode", 38),
];

pub(super) const UNKNOWN_FIELD: Rule = Rule {
    entry: Entry {
        code: "unknown-field",
        title: "a pool must have only fields that its operator's CRD has",
        meaning: "name and allowedUses were introduced with operator 1.34, disableNewAllocations \
                  with 1.36, assignmentMode with 1.38.",
        impact: "The API server silently drops any other field, so that encapsulaton: VXLAN \
                 silently becomes IPIP.",
        criteria: "Field names are case-sensitive and are compared with the CRD of the operator's \
                   version.",
        fix: "Correct the name, remove the field, or use an operator that has it.",
        source: "The Installation's CRD, projectcalico/calico 3.26 to 3.32",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let known: Vec<&str> = FIELDS
            .into_iter()
            .filter(|(_, since)| case.operator.since(*since))
            .map(|(key, _)| key)
            .collect();
        let mut violations = Vec::new();
        for pool in case.pools() {
            for key in &pool.written.keys {
                if !known.contains(&key.as_str()) {
                    violations.push(unknown_field(case, &pool, key, &known));
                }
            }
        }
        violations
    },
};

fn unknown_field(case: &Case, pool: &PoolCase, key: &str, known: &[&str]) -> Details {
    let introduced = FIELDS.iter().find(|(field, _)| *field == key);
    let fix = match (introduced, closest(key, known)) {
        (Some((_, since)), _) => format!("remove it, or use operator 1.{since} or later"),
        (None, Some(similar)) => format!("did you mean {similar}?"),
        (None, None) => format!("remove it; the fields of a pool are {}", known.join(", ")),
    };
    pool.of_new(pool.violation_at(
        &shown(key),
        format!("a pool of operator {} has no such field", case.operator),
        "the API server silently drops it",
        fix,
    ))
}

pub(super) const ALLOWED_USES_NAME: Rule = Rule {
    entry: Entry {
        code: "allowed-uses-name",
        title: "allowedUses must contain only Workload, Tunnel and, from operator 1.38 on, \
                LoadBalancer",
        meaning: "allowedUses lists what the addresses of a pool are assigned to: pods (Workload), \
                  the tunnel devices of nodes (Tunnel), or Services of type LoadBalancer.",
        impact: "The API server accepts any text in the Installation, but the operator does not \
                 know the use.",
        criteria: "Checked for operators from 1.34 on. Earlier CRDs do not have the field: see \
                   unknown-field.",
        fix: "Use the names that the operator knows.",
        source: "The Installation's CRD, projectcalico/calico 3.28 to 3.32 (items: {type: string})",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let known = known_uses(case.operator);
        if known.is_empty() {
            return Vec::new();
        }
        case.pools()
            .filter_map(|pool| {
                let unknown = pool
                    .effective
                    .allowed_uses
                    .iter()
                    .find(|value| !known.contains(&value.as_str()))?;
                Some(pool.of_new(pool.violation_at(
                    "allowedUses",
                    format!(
                        "operator {} does not know {}",
                        case.operator,
                        quoted(unknown)
                    ),
                    "the API server accepts any text, but this operator does not know this use",
                    format!("use {}", known.join(", ")),
                )))
            })
            .collect()
    },
};

/// The uses that an operator knows; none before 1.34, whose CRD does not have `allowedUses`.
fn known_uses(operator: OperatorVersion) -> &'static [&'static str] {
    if operator.since(38) {
        &[WORKLOAD, TUNNEL, LOAD_BALANCER]
    } else if operator.since(34) {
        &[WORKLOAD, TUNNEL]
    } else {
        &[]
    }
}
