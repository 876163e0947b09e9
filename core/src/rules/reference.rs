//! docs/rules.md

use super::rule::Enforcement;
use super::table::{CLUSTER_RULES, RULES};

const INTRODUCTION: &str = "\
# Rules for pools

`helm-postrender` fills in the operator's defaults and checks the resulting Installation against the
rules of the operator that will reconcile it. `kubectl calico plan` checks its own pools against the
same rules, and `kubectl calico status` the Installation of a running cluster
([CAL110](findings.md#cal110)).

A violation of a rule that the API server or the operator enforces refuses the stream, regardless of
who set the value. A rule that neither enforces (*unenforced*) is about values that both accept and
nobody can undo. It refuses the stream only if this run sets the value; for an existing value it
prints a warning. A few rules are enforced by `helm-postrender` only: the operator would apply the
change, to pools that are in use.

`--allow RULE` lets one rule through, so that a wrong or outdated rule cannot block anyone. The rules
are those of the operator in the stream or, without one, of operator 1.42.3; `--operator-version`
selects another. Operator 1.30 ships with Calico 3.26, 1.32 with 3.27, 1.34 with 3.28, and so on to
1.42 with 3.32.

Where a rule mentions TigeraStatus ippools or calico, that is where the operator's own message would
have appeared, minutes after an install that looked successful. Before operator 1.34 there is only
calico.
";

const CLUSTER_INTRODUCTION: &str = "\
The following rules compare the Installation with a cluster. They are skipped unless `--config` or
`--from-cluster` provides the cluster's plan. With a plan, a pool that the cluster does not have yet
counts as set by this run, regardless of who set it.
";

/// The rules as a page of the documentation: docs/rules.md.
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push('\n');
    page.extend(RULES.iter().map(|rule| rule.entry.list_item()));
    page.push('\n');
    page.push_str(CLUSTER_INTRODUCTION);
    page.push('\n');
    page.extend(CLUSTER_RULES.iter().map(|rule| rule.entry.list_item()));
    for rule in RULES.iter().chain(CLUSTER_RULES) {
        page.push('\n');
        page.push_str(&rule.entry.section(enforced_by(rule.enforcement)));
    }
    page
}

fn enforced_by(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::ApiServer => "Enforced by the API server.",
        Enforcement::Operator => "Enforced by the operator.",
        Enforcement::Unenforced => "Not enforced.",
        Enforcement::Safeguard => "Enforced by helm-postrender only.",
    }
}
