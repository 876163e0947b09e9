//! A finding: one place where a check fails.

mod builder;
mod reference;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pending_change::PendingChange;
use super::subject::Subject;
use crate::repair::Step;
use crate::snapshot::{Location, ObjectRef};
pub use reference::{Cure, FindingRef, Suspect};

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
}
