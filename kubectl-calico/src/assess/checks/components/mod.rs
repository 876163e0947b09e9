//! What the operator reports about its components.

mod degraded;
mod not_available;

use super::installation::INSTALLATION_MISSING;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::components::ComponentState;
use crate::phrases;
use crate::snapshot::{Condition, ObjectRef, TigeraStatus};
pub(crate) use degraded::COMPONENT_DEGRADED;
pub(crate) use not_available::COMPONENT_NOT_AVAILABLE;

/// The component that is Calico's API server.
const API_SERVER: &str = "apiserver";

/// A finding for each component in the state.
fn of_state(
    case: &Case,
    state: ComponentState,
    find: fn(&Case, &TigeraStatus) -> Finding,
) -> Vec<Finding> {
    let statuses = case.snapshot.tigera_statuses.items();
    let components = case.facts.components.value().map(Vec::as_slice);
    components
        .unwrap_or_default()
        .iter()
        .filter(|component| component.state == state)
        .filter_map(|component| {
            statuses
                .iter()
                .find(|status| status.metadata.name == component.name)
        })
        .map(|status| {
            let no_installation = Suspect::Code(INSTALLATION_MISSING.entry.code);
            find(case, status).suspects([no_installation])
        })
        .collect()
}

/// A condition as evidence, with the time of its last transition.
fn with_condition(finding: Finding, object: &ObjectRef, condition: &Condition) -> Finding {
    // The operator appends a colon and an error, even where there is no error.
    let message = condition.message.trim_end().trim_end_matches(':');
    let field = format!("condition {}", condition.kind);
    let value = phrases::condition(&condition.status, &condition.reason, message);
    let finding = finding.evidence(object, &field, value);
    match &condition.last_transition_time {
        Some(since) => finding.evidence(object, field + " lastTransitionTime", since.0),
        None => finding,
    }
}
