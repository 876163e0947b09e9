//! Other fields of a pool: uses that not every operator knows, and the selector of nodes.

use crate::catalog::Entry;
use crate::operator::OperatorVersion;
use crate::pool::{LOAD_BALANCER, TUNNEL, WORKLOAD};
use crate::selector::Selector;
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
                    right_uses(case.operator),
                )))
            })
            .collect()
    },
};

pub(super) const NODE_SELECTOR_SYNTAX: Rule = Rule {
    entry: Entry {
        code: "node-selector-syntax",
        title: "nodeSelector must be a selector",
        meaning: "nodeSelector is an expression such as all(), zone == 'a' && !has(gpu), or \
                  zone in {'a', 'b'}. Values are in quotes, and equality is ==.",
        impact: "Neither the API server nor the operator reads it. As soon as the pool exists, \
                 Calico's IPAM fails for every pod on every node, because it looks at the selectors \
                 of all pools; or Calico's API server, once it is available, rejects the pool.",
        criteria: "Every pool of the Installation, with Calico's grammar.",
        fix: "Correct the expression. all() selects all nodes.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/selector and \
                 libcalico-go/lib/ipam/pools.go (SelectsNode); tigera/operator v1.42.3, \
                 pkg/controller/ippool/validation.go, which only checks that it is not empty",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        case.pools()
            .filter_map(|pool| {
                let selector = &pool.effective.node_selector;
                let error = Selector::parse(selector).err()?;
                Some(pool.of_new(pool.violation_at(
                    "nodeSelector",
                    format!("{} is not a valid selector: {error}", quoted(selector)),
                    "as long as the pool exists, no pod on any node gets an address",
                    "correct the expression; all() selects all nodes",
                )))
            })
            .collect()
    },
};

/// The uses that an operator knows; none before 1.34, whose CRD does not have `allowedUses`.
/// A pool for Services can have no other use: see load-balancer-uses.
pub(super) fn right_uses(operator: OperatorVersion) -> String {
    let for_services = if known_uses(operator).contains(&LOAD_BALANCER) {
        "; or LoadBalancer alone"
    } else {
        ""
    };
    format!("use Workload, Tunnel or both{for_services}")
}

pub(super) fn known_uses(operator: OperatorVersion) -> &'static [&'static str] {
    if operator.since(37) {
        &[WORKLOAD, TUNNEL, LOAD_BALANCER]
    } else if operator.since(34) {
        &[WORKLOAD, TUNNEL]
    } else {
        &[]
    }
}
