//! Nodes that may have just joined: files without a time do not show it.

use crate::assess::finding::{Finding, Severity};
use crate::repair::Step;

/// Says so before what to do otherwise. The finding is no error then.
pub(crate) fn perhaps_new(mut finding: Finding, is_perhaps_new: bool) -> Finding {
    if is_perhaps_new {
        finding.severity = finding.severity.min(Severity::Warning);
        let what =
            "the files do not show the time: if these nodes have just joined, wait three minutes";
        finding.fix.insert(0, Step::new(what));
    }
    finding
}
