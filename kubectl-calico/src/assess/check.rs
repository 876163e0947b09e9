//! What a check is.

use calico_core::catalog::Entry;

use super::finding::Finding;
use crate::facts::Facts;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Snapshot, Unknown};

/// A check: one thing that `status` can find, declared once.
pub struct Check {
    /// The code and the text of its findings.
    pub entry: Entry,
    /// The rows that it needs. If one of them is unknown, the check is skipped.
    pub needs: &'static [&'static Resource],
    /// Rows that it can do without, but in which it could read that what it finds is as it should be. If one of them
    /// could not be read, the check is skipped. Rows that files do not contain excuse nothing.
    pub excuses: &'static [&'static Resource],
    /// What it evaluates.
    pub judges: Judges,
    /// The places where the check fails.
    pub find: fn(&Case) -> Vec<Finding>,
}

/// What a check evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judges {
    /// What runs in the cluster. Manifests alone do not show that.
    Running,
    /// What runs in the cluster, as it follows from the configuration: laid over a cluster, manifests show
    /// that before they are applied.
    Following,
    /// What the objects request, so the check can also evaluate manifests that have yet to be applied.
    Configured,
    /// What the Installation and the pools request, so the check can also evaluate a plan, and manifests.
    Requested {
        /// What a plan can request instead.
        remedy: Remedy,
    },
}

impl Judges {
    /// Whether only a cluster shows what is evaluated.
    pub fn needs_cluster(self) -> bool {
        matches!(self, Self::Running | Self::Following)
    }

    /// What a plan can request instead.
    pub fn remedy(self) -> Option<Remedy> {
        match self {
            Self::Requested { remedy } => Some(remedy),
            Self::Running | Self::Following | Self::Configured => None,
        }
    }
}

/// What a plan can request instead, if the check fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Another CIDR.
    Cidr,
    /// Another encapsulation.
    Encapsulation,
    /// Nothing: the cause is outside the plan.
    Elsewhere,
}

impl Check {
    /// Whether a finding is one of this check.
    pub fn found(&self, finding: &Finding) -> bool {
        finding.code == self.entry.code
    }

    /// Whether the check evaluates what is requested.
    pub fn judges_requests(&self) -> bool {
        matches!(self.judges, Judges::Requested { .. })
    }

    /// Whether the check can evaluate manifests that have yet to be applied.
    pub fn judges_manifests(&self) -> bool {
        !self.judges.needs_cluster()
    }

    /// Whether the check needs a row.
    pub fn needs(&self, resource: &Resource) -> bool {
        contains(self.needs, resource)
    }

    /// Whether the check needs a row that is read only on request, and was not requested.
    pub fn is_not_requested(&self, snapshot: &Snapshot) -> bool {
        let rows = snapshot.not_requested();
        rows.into_iter().any(|row| self.needs(row))
    }

    /// Whether the check can run although these rows are unknown.
    pub fn can_judge(&self, unknown: &[(&'static Resource, Unknown)]) -> bool {
        let mut unknown = unknown.iter();
        !unknown.any(|(resource, why)| self.is_skipped_without(resource, why))
    }

    /// Whether the check is skipped if a row is unknown for that reason.
    pub fn is_skipped_without(&self, resource: &Resource, why: &Unknown) -> bool {
        if let Unknown::NotKept { codes, .. } = why {
            return codes.contains(&self.entry.code);
        }
        self.needs(resource) || (why.is_failure() && contains(self.excuses, resource))
    }

    /// Whether the check is not skipped, and fails.
    pub fn finds(&self, case: &Case) -> bool {
        self.can_judge(&case.snapshot.unknown()) && !(self.find)(case).is_empty()
    }

    /// Whether the check is not skipped, and passes.
    pub fn passes(&self, case: &Case) -> bool {
        self.can_judge(&case.snapshot.unknown()) && (self.find)(case).is_empty()
    }
}

/// Whether a row is one of these.
fn contains(rows: &[&Resource], resource: &Resource) -> bool {
    rows.iter().any(|row| std::ptr::eq(*row, resource))
}

/// A cluster to check.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was read from the cluster.
    pub snapshot: &'a Snapshot,
    /// The facts derived from it.
    pub facts: &'a Facts,
}
