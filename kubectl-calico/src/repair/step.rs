//! One step of a fix or of a plan.

use serde::Serialize;

/// A step: what to do, and the commands that do it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// What the step does, and why where that is not obvious.
    pub what: String,
    /// The commands that do it, in order. Each can be pasted as it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

impl Step {
    /// A step without a command.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            commands: Vec::new(),
        }
    }

    /// Adds a command. An empty one is left out: it could not be written so that it is safe to
    /// paste.
    pub fn run(mut self, command: impl Into<String>) -> Self {
        let command = command.into();
        if !command.is_empty() {
            self.commands.push(command);
        }
        self
    }
}
