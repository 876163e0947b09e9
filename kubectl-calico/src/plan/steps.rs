//! What to do next, with the commands.

use serde_yaml::Value;

use super::basis::Basis;
use super::live::Compared;
use super::{Pool, change, install};
use crate::assess::facts::ports::Port;
use crate::assess::finding::Finding;
use crate::repair::Step;

/// From what is there to what is planned, with the Installation's list as it should be.
pub(super) fn steps(
    basis: &Basis,
    pools: &[Pool],
    entries: &[Value],
    live: &[Compared],
    ports: &[Port],
    findings: &[Finding],
) -> Vec<Step> {
    let mut steps = if basis.live_pools().next().is_some() {
        change::steps(basis, pools, live, ports, findings)
    } else if pools.iter().any(Pool::has_open_values) {
        Vec::new()
    } else {
        install::steps(basis, entries, findings)
    };
    if steps.iter().any(|step| !step.commands.is_empty()) {
        steps.push(Step::new("look at what came of it").run("kubectl calico status"));
    }
    steps
}
