//! Pools that the Installation no longer lists.

use crate::assess::finding::{Finding, Severity};
use crate::assess::support::ownership;
use crate::plan::inputs::Inputs;
use crate::plan::unlisted_pools::unlisted;
use crate::repair::Step;

/// What comes of them. No error: that would keep back the values that put them into the list again.
pub(crate) fn findings(inputs: &Inputs) -> Vec<Finding> {
    let finding = |(asked, pool)| {
        Some(Finding {
            code: "pool-lost",
            severity: Severity::Warning,
            fix: vec![Step::new("put it back before that, as the steps below do")],
            ..ownership::unlisted(asked, pool)?
        })
    };
    unlisted(inputs).filter_map(finding).collect()
}
