//! The steps of a plan, with the commands.

mod change;
mod helm;
mod install;
mod new_family;
mod restore;

use serde_yaml::Value;

use crate::assess::finding::Finding;
use crate::facts::ports::Port;
use crate::plan::comparison::PoolComparison;
use crate::plan::findings::comes_before_steps;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::repair::Step;

/// What takes the place of the steps if a finding comes before them.
fn before_steps(findings: &[Finding]) -> Option<Step> {
    let mut codes: Vec<&str> = findings
        .iter()
        .filter(|finding| comes_before_steps(finding))
        .map(|finding| finding.code)
        .collect();
    codes.dedup();
    (!codes.is_empty()).then(|| {
        Step::new(format!(
            "resolve {} first, as described in the findings, then run kubectl calico plan again: until then, \
             the steps would fail or do harm, and are not shown",
            codes.join(" and ")
        ))
    })
}

/// The Installation of a Calico that runs comes back first.
pub(crate) fn restore(
    inputs: &Inputs,
    existing: &[PoolComparison],
    findings: &[Finding],
) -> Vec<Step> {
    match before_steps(findings) {
        Some(blocked) => vec![blocked],
        None => verified(vec![restore::step(inputs, existing)]),
    }
}

/// From the cluster as it is to the planned pools. `entries` is the planned list of the Installation.
pub(crate) fn steps(
    inputs: &Inputs,
    pools: &[Pool],
    entries: &[Value],
    existing: &[PoolComparison],
    ports: &[Port],
    findings: &[Finding],
) -> Vec<Step> {
    let blocked = before_steps(findings);
    let steps = if inputs.existing_pools().next().is_some() && !inputs.waits_for_installation() {
        change::steps(inputs, pools, existing, ports, blocked)
    } else if let Some(blocked) = blocked {
        vec![blocked]
    } else if pools.iter().any(Pool::is_undetermined) {
        Vec::new()
    } else {
        install::steps(inputs, entries)
    };
    verified(steps)
}

fn verified(mut steps: Vec<Step>) -> Vec<Step> {
    if steps.iter().any(|step| !step.commands.is_empty()) {
        steps.push(Step::new("verify the result").run("kubectl calico status"));
    }
    steps
}
