//! What is wrong with a plan.

pub(crate) mod before_steps;
pub(crate) mod existing_overlaps;
pub(crate) mod family_addresses;
pub(crate) mod leftover_pools;
pub(crate) mod new_family;
pub(crate) mod other_plugin;
pub(crate) mod pod_cidrs;
pub(crate) mod reservations;
pub(crate) mod rules;
pub(crate) mod simulation;
pub(crate) mod unlisted_pools;

use super::catalog::{BEFORE_STEPS, RESOLVED_BY_STEPS};
use crate::assess::finding::{Finding, Severity};

/// Whether the steps would fail or do harm until the finding is resolved.
pub(crate) fn comes_before_steps(finding: &Finding) -> bool {
    let mut resolved = RESOLVED_BY_STEPS.iter();
    let is_error = finding.severity == Severity::Error;
    (is_error && !resolved.any(|entry| entry.code == finding.code))
        || BEFORE_STEPS.iter().any(|check| check.found(finding))
}
