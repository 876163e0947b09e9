//! Pools that the Installation no longer lists.

use crate::assess::advice::ownership;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::plan::catalog::POOL_UNLISTED;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::repair::unlisted_pools::unlisted_pools;

/// A finding for each such pool. It is not an error, because that would withhold the values that
/// list the pool again.
pub(crate) fn findings(inputs: &Inputs) -> Vec<Finding> {
    let Some(installation) = &inputs.facts.installation else {
        return Vec::new();
    };
    let case = Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    };
    unlisted_pools(inputs.facts)
        .filter_map(|pool| ownership::unlisted(&POOL_UNLISTED, &case, installation, pool))
        .map(|finding| Finding {
            severity: Severity::Warning,
            fix: vec![Step::new("add it back first, as the steps below do")],
            ..finding
        })
        .collect()
}
