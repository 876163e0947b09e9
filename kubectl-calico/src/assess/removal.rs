//! What is found while the Installation is being deleted: Calico goes away, and changes to the Installation with it.

use calico_core::installation::DEFAULT_NAME;

use super::check::{Case, Check};
use super::checks::deletion::DELETION_STUCK;
use super::checks::operator::OPERATOR_NOT_READY;
use super::finding::Finding;
use crate::repair::Step;
use crate::repair::changed_objects::{Changed, INSTALLATION, changed};

/// What completes the deletion.
const COMPLETING: [&Check; 2] = [&DELETION_STUCK, &OPERATOR_NOT_READY];

/// The finding without steps that change an Installation that is being deleted.
pub(super) fn without_lost_changes(case: &Case, mut finding: Finding) -> Finding {
    let is_completing = COMPLETING.iter().any(|check| check.found(&finding));
    if !case.facts.install.is_being_removed || is_completing {
        return finding;
    }
    let objects = changed(&finding.fix);
    let is_lost = |object: &Changed| object.kind == INSTALLATION && object.name == DEFAULT_NAME;
    if objects.iter().any(is_lost) {
        finding.fix = vec![Step::new(format!(
            "do not change the Installation, which is being deleted ({}); once Calico is installed again, check this again",
            DELETION_STUCK.entry.code
        ))];
    }
    finding
}
