//! Uses in `allowedUses` that not every operator knows.

use crate::catalog::Entry;
use crate::operator::OperatorVersion;
use crate::pool::{LOAD_BALANCER, TUNNEL, WORKLOAD};
use crate::text::quoted;

use super::rule::{Enforcement, Rule};

pub(super) const ALLOWED_USES_NAME: Rule = Rule {
    entry: Entry {
        code: "allowed-uses-name",
        title: "allowedUses must contain only Workload, Tunnel and, with operator 1.37 and later, \
                LoadBalancer",
        meaning: "allowedUses lists what the addresses of a pool are assigned to: pods (Workload), \
                  the tunnel devices of nodes (Tunnel), or Services of type LoadBalancer.",
        impact: "The API server accepts any string in the Installation, but the operator does not \
                 know this use.",
        criteria: "Checked for operators 1.34 to 1.41. Earlier CRDs do not have the field: see \
                   unknown-field. For later operators, see allowed-uses-rejected.",
        fix: "Use the names that the operator knows.",
        source: "The Installation's CRD, projectcalico/calico 3.28 to 3.31 (items: {type: string}); the CRD \
                 of IPPool, likewise",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let known = known_uses(case.operator);
        if known.is_empty() || case.operator.since(42) {
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
                    "the API server accepts any string, but this operator does not know this use",
                    format!("use {}", known.join(", ")),
                )))
            })
            .collect()
    },
};

/// The uses that an operator knows; none before 1.34, whose CRD does not have `allowedUses`.
pub(super) fn known_uses(operator: OperatorVersion) -> &'static [&'static str] {
    if operator.since(37) {
        &[WORKLOAD, TUNNEL, LOAD_BALANCER]
    } else if operator.since(34) {
        &[WORKLOAD, TUNNEL]
    } else {
        &[]
    }
}
