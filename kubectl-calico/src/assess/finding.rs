//! A finding: one place where a check fails.

use std::fmt;

use calico_core::catalog::Entry;
use calico_core::text::cut;
use serde::{Deserialize, Serialize};

use super::pending_change::PendingChange;
use super::subject::Subject;
use crate::repair::Step;
use crate::repair::command::Command;
use crate::repair::step::either;
use crate::snapshot::{Location, ObjectRef, Provenance};

/// The longest message and the longest value of a finding, in characters. Both can contain what anybody
/// with access to an object has written.
const LONGEST: usize = 1000;

/// How severe a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For your information.
    Note,
    /// Something works now, but not on every node or not for much longer.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// The severity in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One place where a check fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The code, such as CAL201. The meaning of a code never changes.
    pub code: &'static str,
    /// The address of a page that explains the code.
    pub url: String,
    /// How severe the finding is.
    pub severity: Severity,
    /// What the finding is about: an object as Kind/name or Kind/namespace/name, or else a
    /// description.
    #[cfg_attr(test, schemars(with = "String"))]
    pub subject: Subject,
    /// The file and the line that it is about, if it was found in manifests that were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What is wrong, in one sentence without a period.
    pub message: String,
    /// The values that prove the finding.
    pub evidence: Vec<Evidence>,
    /// What happens if nothing is done.
    pub impact: String,
    /// What to do, in order.
    pub fix: Vec<Step>,
    /// The finding whose fix must come first: otherwise this one's would fail, or could enable the
    /// operator to delete or change a pool that is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<FindingRef>,
    /// The finding that this one is a consequence of, and disappears with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symptom_of: Option<FindingRef>,
    /// What the operator does as soon as it can, unless this is fixed. Such a finding comes before all others.
    #[serde(skip)]
    pub pending: Option<PendingChange>,
    /// What to do instead in a manifest that has yet to be applied, if the check knows better than what
    /// follows from the objects.
    #[serde(skip)]
    pub manifest_fix: Option<String>,
    /// Whether it is milder than otherwise because what runs works all the same.
    #[serde(skip)]
    pub is_excused: bool,
    /// Whether a message of the pods that it is about names the cause.
    #[serde(skip)]
    pub is_explained: bool,
    /// What this one is a symptom of, if that was found, too; the first one that was.
    #[serde(skip)]
    pub suspects: Vec<Suspect>,
    /// What its impact does to other findings.
    #[serde(skip)]
    pub cure: Option<Cure>,
}

/// The findings that go away with what the impact of another one says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// The clause before them, such as `which fixes`.
    pub clause: &'static str,
    /// The findings.
    pub of: Vec<FindingRef>,
}

/// Names a finding in another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingRef {
    /// Its code.
    pub code: &'static str,
    /// Its subject.
    #[cfg_attr(test, schemars(with = "String"))]
    pub subject: Subject,
}

/// `CAL301 of IPPool/pods`: other pools may have a finding with the same code.
impl fmt::Display for FindingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, subject } = self;
        if subject.object().is_some_and(|object| object.name.is_some()) {
            write!(f, "{code} of {subject}")
        } else {
            f.write_str(code)
        }
    }
}

/// What a finding may be a symptom of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspect {
    /// A finding with that code.
    Code(&'static str),
    /// The same; but if it is about a workload, the symptom's evidence must name the workload.
    NamedCode(&'static str),
    /// A finding with that code whose evidence has a value that begins with that word, such as the CIDR of a pool.
    CodeOf(&'static str, String),
    /// A finding about that object.
    Subject(ObjectRef),
    /// A finding about the pods of the workload of that name.
    Workload(&'static str),
    /// A finding about the pods of any workload that the symptom's evidence names.
    NamedWorkload,
}

/// A value that proves a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The object that has the value, or the kind whose objects were counted.
    pub object: ObjectRef,
    /// The field's path; or `label KEY`, `annotation KEY`, `env NAME`, `condition TYPE`, `exists`,
    /// `event REASON`, `log of CONTAINER`, `previous log of CONTAINER`, or what was counted.
    pub field: String,
    /// The value as text.
    pub value: String,
}

/// `IPPool/default-ipv4-ippool spec.cidr = 10.244.0.0/16`
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} = {}", self.object, self.field, self.value)
    }
}

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

    /// Its name in other findings.
    pub fn reference(&self) -> FindingRef {
        FindingRef {
            code: self.code,
            subject: self.subject.clone(),
        }
    }

    /// The name of the object that it is about; or else the kind, or what it is about in words.
    pub fn name(&self) -> &str {
        self.subject.name()
    }

    /// Adds a command to the last step.
    pub fn paste(mut self, command: impl Into<Command>) -> Self {
        if let Some(step) = self.fix.pop() {
            self.fix.push(step.run(command));
        }
        self
    }
}
