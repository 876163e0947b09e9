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
    /// Whether another way to the same end begins here, in place of the steps before it.
    #[serde(rename = "alternative", skip_serializing_if = "std::ops::Not::not")]
    pub is_alternative: bool,
    /// Whether a command is left out because it is not safe to paste.
    #[serde(skip)]
    is_withheld: bool,
    /// Whether its commands read what the steps before it have made of the cluster.
    #[serde(skip)]
    reads_result: bool,
    /// Whether only the operator has yet to do it.
    #[serde(skip)]
    awaits_operator: bool,
    /// The code of the finding whose fix comes first.
    #[serde(skip)]
    fixed_first: Option<&'static str>,
}

/// The steps of several ways to fix something, of which the user takes one.
pub fn either(ways: impl IntoIterator<Item = Vec<Step>>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for mut way in ways {
        if let Some(first) = way.first_mut().filter(|_| !steps.is_empty()) {
            first.is_alternative = true;
        }
        steps.extend(way);
    }
    steps
}

/// The ways of which steps consist, each with its own steps.
pub fn ways(steps: &[Step]) -> impl Iterator<Item = &[Step]> {
    steps.chunk_by(|_, next| !next.is_alternative)
}

/// Puts a step before the others, whichever way is taken.
pub fn begin_with(steps: &mut Vec<Step>, first: &Step) {
    *steps = ways(steps)
        .flat_map(|way| {
            let mut way = way.to_vec();
            let mut first = first.clone();
            if let Some(next) = way.first_mut() {
                first.is_alternative = std::mem::take(&mut next.is_alternative);
            }
            way.insert(0, first);
            way
        })
        .collect();
}

/// The steps up to the first one without its command: the others suppose that it has been carried
/// out.
pub fn until_withheld(mut steps: Vec<Step>) -> Vec<Step> {
    if let Some(at) = steps.iter().position(|step| step.is_withheld) {
        let has_more = at + 1 < steps.len();
        steps.truncate(at + 1);
        let what = "make this change by hand, then run this command again: the remaining steps depend on it";
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
            is_alternative: false,
            is_withheld: false,
            reads_result: false,
            awaits_operator: false,
            fixed_first: None,
        }
    }

    /// That the finding with this code must be fixed first, and why.
    pub fn after(code: &'static str, why: &str) -> Self {
        Self {
            fixed_first: Some(code),
            ..Self::new(format!("fix {code} first: {why}"))
        }
    }

    /// The code of the finding whose fix comes first.
    pub fn fixed_first(&self) -> Option<&'static str> {
        self.fixed_first
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_comes_first_whichever_way_is_taken() {
        let way = |names: &[&str]| names.iter().copied().map(Step::new).collect();
        let mut steps = either([way(&["a", "b"]), way(&["c"])]);
        begin_with(&mut steps, &Step::new("first"));
        let ways: Vec<Vec<&str>> = ways(&steps)
            .map(|way| way.iter().map(|step| step.what.as_str()).collect())
            .collect();
        assert_eq!(ways, [vec!["first", "a", "b"], vec!["first", "c"]]);
    }
}
