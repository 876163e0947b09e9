//! What is wrong with a plan.

pub(crate) mod leftover_pools;
pub(crate) mod new_family;
pub(crate) mod other_plugin;
pub(crate) mod rules;
pub(crate) mod simulation;
pub(crate) mod unlisted_pools;

use super::catalog::EXISTING_POOL_IMMUTABLE;
use crate::assess::finding::{Finding, Severity};

/// Whether a change must not be made. An immutable field does not prevent a change: a new pool
/// replaces the old one.
pub(crate) fn forbids_change(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.code != EXISTING_POOL_IMMUTABLE.code
}
