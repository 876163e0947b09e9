//! What keeps the operator from changing pools.

use super::first::codes;
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::assess::checks::pool_cidr::{UNREADABLE, stops_operator};
use crate::assess::finding::{Finding, Severity};
use crate::facts::pools::ExistingPool;
use crate::plan::catalog::STOP_OPERATOR;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::views::objects::operator_deployment;

/// The components that the operator must be able to reconcile. The others have no part in pools.
const COMPONENTS: [&str; 3] = [
    "TigeraStatus/calico",
    "TigeraStatus/ippools",
    "TigeraStatus/apiserver",
];

/// What comes first if no operator applies what the Installation lists: pods that are recreated before that get
/// addresses from the old pool again, and once an operator applies the changes, it deletes that pool under them.
/// `of_cluster` is what status reports.
pub(super) fn first(inputs: &Inputs, of_cluster: &[Finding]) -> Option<Step> {
    let stopping: Vec<&Finding> = of_cluster
        .iter()
        .filter(|finding| is_stopped(inputs, finding))
        .collect();
    let mut found = stopping.iter();
    let not_ready = found.find(|finding| OPERATOR_NOT_READY.found(finding));
    if not_ready.is_some() || is_not_ready(inputs) {
        let commands = not_ready.into_iter().flat_map(|finding| &finding.fix);
        let commands = commands.flat_map(|step| &step.commands);
        let step = Step::new(
            "make sure that the operator runs first, as kubectl calico status says, then plan again: until then, nothing applies changes to the Installation, and the steps are not shown",
        );
        return Some(commands.fold(step, |step, command| step.run(command.clone())));
    }
    let codes = codes(stopping.into_iter())?;
    Some(Step::new(format!(
        "resolve {codes} first, as kubectl calico status says, then plan again: until then, the \
         operator does not change pools, and the steps are not shown"
    )))
}

fn is_stopped(inputs: &Inputs, finding: &Finding) -> bool {
    let mut checks = STOP_OPERATOR.iter();
    let subject = finding.subject.to_string();
    let is_of_other_component =
        subject.starts_with("TigeraStatus/") && !COMPONENTS.contains(&subject.as_str());
    let mut pools = inputs.pools().iter();
    let stops = |pool: &ExistingPool| stops_operator(inputs.facts, pool);
    let is_of_other_pool = UNREADABLE.found(finding)
        && !pools.any(|pool| finding.subject.is(&pool.object()) && stops(pool));
    finding.severity == Severity::Error
        && finding.symptom_of.is_none()
        && checks.any(|check| check.found(finding))
        && !is_of_other_component
        && !is_of_other_pool
}

/// Whether the operator has no ready pod. What crash-loops, or has no image, has a finding of its own.
fn is_not_ready(inputs: &Inputs) -> bool {
    let operator = operator_deployment(inputs.snapshot);
    let status = operator.and_then(|operator| operator.status.as_ref());
    status.is_some_and(|status| status.ready_replicas.is_none_or(|ready| ready == 0))
}
