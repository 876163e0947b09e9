//! What to do next, with the commands.

use serde::Serialize;
use serde_yaml::Value;

use super::basis::Basis;
use super::live::Compared;
use super::{Pool, change, install};
use crate::assess::facts::ports::Port;
use crate::assess::finding::Finding;

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// What it does, and why where that is not plain.
    pub what: String,
    /// The commands that do it, a line each.
    pub commands: Vec<String>,
}

impl Step {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            commands: Vec::new(),
        }
    }

    /// With a command, unless that is empty because nobody could see what it does.
    pub(super) fn run(mut self, command: impl Into<String>) -> Self {
        let command = command.into();
        self.commands
            .extend((!command.is_empty()).then_some(command));
        self
    }
}

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
