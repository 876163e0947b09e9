//! What to do next, with the commands.

mod change;
mod helm;
mod install;
mod new_family;

use serde_yaml::Value;

use crate::assess::facts::ports::Port;
use crate::assess::finding::Finding;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::repair::Step;

/// From what is there to what is planned, with the Installation's list as it should be.
pub(crate) fn steps(
    inputs: &Inputs,
    pools: &[Pool],
    entries: &[Value],
    live: &[PoolComparison],
    ports: &[Port],
    findings: &[Finding],
) -> Vec<Step> {
    let mut steps = if inputs.live_pools().next().is_some() {
        change::steps(inputs, pools, live, ports, findings)
    } else if pools.iter().any(Pool::has_open_values) {
        Vec::new()
    } else {
        install::steps(inputs, entries, findings)
    };
    if steps.iter().any(|step| !step.commands.is_empty()) {
        steps.push(Step::new("look at what came of it").run("kubectl calico status"));
    }
    steps
}
