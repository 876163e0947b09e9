//! What findings say of other findings.

use std::fmt;

use serde::Serialize;

use crate::assess::subject::Subject;
use crate::snapshot::ObjectRef;

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
