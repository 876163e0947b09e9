//! One step of a fix or of a plan.

use serde::Serialize;

use super::command::Command;

/// A step: what to do, and the commands that do it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// What to do, and why if that is not obvious.
    pub what: String,
    /// The commands that do it, in order. Each can be pasted into a shell as it is; a here-document
    /// has several lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Whether a command is left out because it is not safe to paste.
    #[serde(skip)]
    is_withheld: bool,
    /// Whether its commands read what the steps before it have made of the cluster.
    #[serde(skip)]
    reads_result: bool,
    /// Whether only the operator has yet to do it.
    #[serde(skip)]
    awaits_operator: bool,
}

/// The steps up to the first one without its command: the others suppose that it has been carried
/// out.
pub fn until_withheld(mut steps: Vec<Step>) -> Vec<Step> {
    if let Some(at) = steps.iter().position(|step| step.is_withheld) {
        let has_more = at + 1 < steps.len();
        steps.truncate(at + 1);
        let what =
            "carry out this change by hand, then run this again: the further steps depend on it";
        steps.extend(has_more.then(|| Step::new(what)));
    }
    steps
}

impl Step {
    /// A step without a command.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            commands: Vec::new(),
            is_withheld: false,
            reads_result: false,
            awaits_operator: false,
        }
    }

    /// Makes its commands read the cluster as the steps before it have changed it.
    #[must_use]
    pub fn after_the_change(mut self) -> Self {
        self.reads_result = true;
        self
    }

    /// Whether its commands read what the steps before it have made of the cluster.
    pub(super) fn reads_result(&self) -> bool {
        self.reads_result
    }

    /// Adds a command. If there is none that is safe to paste, the step says why instead. An empty
    /// string is no command.
    #[must_use]
    pub fn run(mut self, command: impl Into<Command>) -> Self {
        match command.into() {
            Command::Run(command) if command.is_empty() => {}
            Command::Run(command) => self.commands.push(command),
            Command::Withheld(why) => {
                self.is_withheld = true;
                self.what.push_str("; ");
                self.what.push_str(&why);
            }
            Command::Requested => {
                self.awaits_operator = true;
                self.what.push_str(
                    "; the Installation already has this, and the operator has yet to apply it",
                );
            }
        }
        self
    }

    /// Whether only the operator has yet to do it.
    pub(super) fn awaits_operator(&self) -> bool {
        self.awaits_operator
    }

    /// Adds several commands.
    #[must_use]
    pub fn run_all(self, commands: impl IntoIterator<Item = Command>) -> Self {
        commands.into_iter().fold(self, Self::run)
    }
}
