//! What speaks against a plan.

pub(crate) mod leftover_pools;
pub(crate) mod new_family;
pub(crate) mod other_plugin;
pub(crate) mod rules;
pub(crate) mod simulation;
pub(crate) mod unlisted_pools;

use super::catalog::LIVE_POOL_FIXED;
use crate::assess::finding::{Finding, Severity};

/// Whether a change must not be made. What a live pool cannot become takes the way to another pool.
pub(crate) fn forbids_change(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.code != LIVE_POOL_FIXED.code
}
