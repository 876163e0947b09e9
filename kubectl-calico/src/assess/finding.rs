//! A finding: one judgement, with what it rests on and what to do.

use serde::Serialize;

use crate::repair::Step;
use crate::repair::command::Command;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// It works, and will not for long or not for all.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// As a person reads it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check's code, as `CAL201`; it never changes its meaning.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: kind and name.
    pub subject: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What follows from it.
    pub consequence: String,
    /// What to do, in order.
    pub fix: Vec<Step>,
}

/// A field of an object that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Kind and name.
    pub object: String,
    /// The field's path; empty where the object as a whole says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Its value.
    pub value: String,
}

impl Finding {
    /// That something does not work.
    pub fn error(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, subject, message)
    }

    /// That it works, and will not for long or not for all.
    pub fn warning(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, subject, message)
    }

    /// Something worth knowing.
    pub fn note(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, subject, message)
    }

    /// With a severity that depends on the case.
    pub fn new(severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            // The check that found it puts its code here.
            code: "",
            severity,
            subject: subject.into(),
            message: message.into(),
            evidence: Vec::new(),
            consequence: String::new(),
            fix: Vec::new(),
        }
    }

    /// What it rests on: an object, a field of it, and that field's value.
    pub fn seen(
        mut self,
        object: impl Into<String>,
        field: impl Into<String>,
        value: impl ToString,
    ) -> Self {
        self.evidence.push(Evidence {
            object: object.into(),
            field: field.into(),
            value: value.to_string(),
        });
        self
    }

    /// What follows.
    pub fn then(mut self, consequence: impl Into<String>) -> Self {
        self.consequence = consequence.into();
        self
    }

    /// What to do, in words.
    pub fn fix(mut self, what: impl Into<String>) -> Self {
        self.fix.push(Step::new(what));
        self
    }

    /// The step that fixes it.
    pub fn fixed_by(mut self, step: Step) -> Self {
        self.fix = vec![step];
        self
    }

    /// The steps that fix it, in order.
    pub fn fixed_by_all(mut self, steps: Vec<Step>) -> Self {
        self.fix = steps;
        self
    }

    /// Adds a command to the last step.
    pub fn paste(mut self, command: impl Into<Command>) -> Self {
        if let Some(step) = self.fix.pop() {
            self.fix.push(step.run(command));
        }
        self
    }
}
