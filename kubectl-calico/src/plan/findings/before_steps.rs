//! What status finds and what comes before any step of a plan.

use crate::assess;
use crate::assess::check::{Case, Check};
use crate::assess::checks::kubernetes_version::OPERATOR_TOO_OLD;
use crate::assess::checks::no_pool::{NO_POOL, were_lost};
use crate::assess::finding::Finding;
use crate::facts::fact::Fact;
use crate::plan::catalog::BEFORE_STEPS;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::snapshot::{ObjectRef, Provenance};

/// The findings, with the operator that the plan is for.
pub(crate) fn findings(inputs: &Inputs) -> Vec<Finding> {
    let mut facts = inputs.facts.clone();
    if inputs.request.operator.is_some() {
        let flag = Provenance::new(ObjectRef::all("Plan"), "--operator-version");
        facts.install.operator = Fact::known(inputs.operator.to_string(), flag);
    }
    let case = Case {
        snapshot: inputs.snapshot,
        facts: &facts,
    };
    let unknown = inputs.snapshot.unknown();
    let is_wanted = |check: &Check| {
        let mut wanted = BEFORE_STEPS.iter();
        wanted.any(|wanted| wanted.entry.code == check.entry.code)
    };
    let mut findings = assess::found(&case, &unknown, is_wanted);
    findings.extend(lost_pools(inputs));
    let too_old = |finding: &&mut Finding| OPERATOR_TOO_OLD.found(finding);
    for finding in findings.iter_mut().filter(too_old) {
        finding.fix = vec![Step::new(
            "plan for an operator that supports this version of Kubernetes with \
             --operator-version, and install that one",
        )];
    }
    findings
}

/// The finding that all pools are gone, and their addresses are in use. Before anything is changed, they come back as they
/// were: running pods belong to them, and their blocks bind the CIDR and the block size.
pub(crate) fn lost_pools(inputs: &Inputs) -> Option<Finding> {
    let case = Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    };
    if inputs.facts.install.is_missing() || !were_lost(&case) {
        return None;
    }
    let is_it = |check: &Check| check.entry.code == NO_POOL.entry.code;
    assess::found(&case, &inputs.snapshot.unknown(), is_it).pop()
}
