//! What a check is, and the table of all of them.

use calico_core::catalog::Entry;

use super::facts::Facts;
use super::finding::Finding;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Snapshot, Unknown};

/// A check: one thing that `status` can find, declared once.
pub struct Check {
    /// Its code and its text.
    pub entry: Entry,
    /// The rows without which it cannot judge. Where one of them is unknown, the check is skipped.
    pub needs: &'static [&'static Resource],
    /// What it judges.
    pub judges: Judges,
    /// Finds it: a finding for each place where the check fails.
    pub find: fn(&Case) -> Vec<Finding>,
}

/// What a check judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judges {
    /// What runs in the cluster.
    Running,
    /// What the Installation and the pools request, so that it can judge a plan, too.
    Requested {
        /// What a plan can request instead.
        remedy: Remedy,
    },
}

/// What a plan can request instead of what a check finds fault with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Another CIDR.
    Cidr,
    /// Another encapsulation.
    Encapsulation,
    /// Nothing: the cause is outside of the plan.
    Elsewhere,
}

impl Check {
    /// Whether it judges what is requested.
    pub fn judges_requests(&self) -> bool {
        matches!(self.judges, Judges::Requested { .. })
    }

    /// Whether it needs a row.
    pub fn needs(&self, resource: &Resource) -> bool {
        self.needs.iter().any(|need| std::ptr::eq(*need, resource))
    }

    /// Whether it can judge although nothing is known of these rows.
    pub fn can_judge(&self, unknown: &[(&'static Resource, Unknown)]) -> bool {
        !unknown.iter().any(|(resource, _)| self.needs(resource))
    }

    /// Whether the report has a finding of it.
    pub fn finds(&self, case: &Case) -> bool {
        self.can_judge(&case.snapshot.unknown()) && !(self.find)(case).is_empty()
    }
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// What follows from it.
    pub facts: &'a Facts,
}
