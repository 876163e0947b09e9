//! How a check describes what it found.

use calico_core::catalog::Entry;
use calico_core::text::cut;

use super::{Cure, Evidence, Finding, FindingRef, Severity, Suspect};
use crate::assess::pending_change::PendingChange;
use crate::assess::subject::Subject;
use crate::phrases::MOST_NAMES;
use crate::repair::Step;
use crate::repair::command::Command;
use crate::repair::step::either;
use crate::snapshot::{ObjectRef, Provenance};

/// The longest message and the longest value of a finding, in characters. Both can contain what anybody
/// with access to an object has written.
const LONGEST: usize = 1000;

impl Finding {
    /// Something does not work.
    pub fn error(entry: &Entry, subject: impl Into<Subject>, message: impl Into<String>) -> Self {
        Self::new(entry, Severity::Error, subject, message)
    }

    /// Something works now, but not on every node or not for much longer.
    pub fn warning(entry: &Entry, subject: impl Into<Subject>, message: impl Into<String>) -> Self {
        Self::new(entry, Severity::Warning, subject, message)
    }

    /// Something for your information.
    pub fn note(entry: &Entry, subject: impl Into<Subject>, message: impl Into<String>) -> Self {
        Self::new(entry, Severity::Note, subject, message)
    }

    /// A finding whose severity depends on the case.
    pub fn new(
        entry: &Entry,
        severity: Severity,
        subject: impl Into<Subject>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: entry.code,
            url: entry.address(),
            severity,
            subject: subject.into(),
            location: None,
            message: cut(message.into(), LONGEST),
            evidence: Vec::new(),
            impact: String::new(),
            fix: Vec::new(),
            after: None,
            symptom_of: None,
            pending: None,
            manifest_fix: None,
            is_excused: false,
            is_explained: false,
            suspects: Vec::new(),
            cure: None,
        }
    }

    /// Adds a field's value as evidence.
    pub fn evidence(
        mut self,
        object: impl Into<ObjectRef>,
        field: impl Into<String>,
        value: impl ToString,
    ) -> Self {
        self.evidence.push(Evidence {
            object: object.into(),
            field: field.into(),
            value: cut(value.to_string(), LONGEST),
        });
        self
    }

    /// Adds evidence about the first of some objects, as many as a message names (`phrases::few`).
    pub fn for_few<T>(
        self,
        objects: impl IntoIterator<Item = T>,
        add: impl FnMut(Self, T) -> Self,
    ) -> Self {
        objects.into_iter().take(MOST_NAMES).fold(self, add)
    }

    /// Adds a value that was read from there.
    pub fn read(self, from: &Provenance, value: impl ToString) -> Self {
        let value = value.to_string();
        let value = if from.default {
            format!("{value} (default)")
        } else {
            value
        };
        self.evidence(&from.object, from.field.as_str(), value)
    }

    /// Adds that an object exists.
    pub fn exists(self, object: impl Into<ObjectRef>) -> Self {
        self.evidence(object, "exists", true)
    }

    /// Whose cause it names, so that no line of a log has to.
    pub fn explained(mut self) -> Self {
        self.is_explained = true;
        self
    }

    /// Says what happens if nothing is done.
    pub fn impact(mut self, impact: impl Into<String>) -> Self {
        self.impact = impact.into();
        self
    }

    /// What to do, in words.
    pub fn fix(mut self, what: impl Into<String>) -> Self {
        self.fix.push(Step::new(what));
        self
    }

    /// What to do in a manifest that has yet to be applied.
    pub fn in_manifest(mut self, what: impl Into<String>) -> Self {
        self.manifest_fix = Some(what.into());
        self
    }

    /// Makes the finding milder for now, because what runs works all the same.
    pub fn excused(mut self, is_excused: bool) -> Self {
        self.is_excused = is_excused;
        if is_excused {
            self.severity = Severity::Warning;
        }
        self
    }

    /// Adds a further step, if there is one.
    pub fn then(mut self, step: Option<Step>) -> Self {
        self.fix.extend(step);
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

    /// Adds another way to fix it, in place of the steps so far.
    pub fn or(mut self, way: Vec<Step>) -> Self {
        self.fix = either([self.fix, way]);
        self
    }

    /// Puts the finding before all others, because of what the operator does as soon as it can.
    pub fn pending(mut self, change: PendingChange) -> Self {
        self.pending = Some(change);
        self
    }

    /// Puts the finding after another one, if that is found, too.
    pub fn after(mut self, first: Option<FindingRef>) -> Self {
        self.after = first;
        self
    }

    /// Makes the finding a symptom of the first of these that was found, too.
    pub fn suspects(mut self, suspects: impl IntoIterator<Item = Suspect>) -> Self {
        self.suspects.extend(suspects);
        self
    }

    /// Says which findings go away with what the impact says, if they are shown, too.
    pub fn cures(mut self, clause: &'static str, of: &[FindingRef]) -> Self {
        let of = of.to_vec();
        self.cure = Some(Cure { clause, of });
        self
    }

    /// Adds a command to the last step.
    pub fn paste(mut self, command: impl Into<Command>) -> Self {
        debug_assert!(
            !self.fix.is_empty(),
            "{}: a command without a step",
            self.code
        );
        if let Some(step) = self.fix.pop() {
            self.fix.push(step.run(command));
        }
        self
    }
}
