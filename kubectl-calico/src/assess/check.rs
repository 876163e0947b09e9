//! What a check is, and the table of all of them.

use super::facts::Facts;
use super::finding::Finding;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Snapshot, Unknown};

/// A check: one thing that can be wrong, declared once. Its text is what `kubectl calico explain`
/// prints and what docs/findings.md holds.
pub struct Check {
    /// As `CAL201`. A code is never given a second meaning.
    pub code: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// The rows without which nothing can be said. Where one of them is unknown, the check is
    /// listed as not judged.
    pub needs: &'static [&'static Resource],
    /// The rest of its text.
    pub explain: Explain,
    /// Finds it.
    pub find: fn(&Case) -> Vec<Finding>,
}

impl Check {
    /// Whether it needs a row.
    pub fn needs(&self, resource: &Resource) -> bool {
        self.needs.iter().any(|need| std::ptr::eq(*need, resource))
    }

    /// Whether it can be made although nothing is known of these rows.
    pub fn can_be_made(&self, unknown: &[(&'static Resource, Unknown)]) -> bool {
        !unknown.iter().any(|(resource, _)| self.needs(resource))
    }

    /// Whether the report has a finding of it.
    pub fn finds(&self, case: &Case) -> bool {
        self.can_be_made(&case.snapshot.unknown()) && !(self.find)(case).is_empty()
    }
}

/// What a person who meets a code wants to know.
pub struct Explain {
    /// What the finding says.
    pub means: &'static str,
    /// Why it matters.
    pub matters: &'static str,
    /// How it is judged, with what counts and what does not.
    pub judged: &'static str,
    /// How to fix it, in general.
    pub fix: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// What follows from it.
    pub facts: &'a Facts,
}
