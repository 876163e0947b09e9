//! Whether the components work, as the operator reports.

use super::reporting::operator_log;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::components::State;
use crate::assess::finding::Finding;
use crate::assess::support::causes::{Cause, cause};
use crate::assess::support::impact::without_component;
use crate::snapshot::resources::TIGERA_STATUSES;
use crate::snapshot::{Condition, ObjectRef, TigeraStatus};
use calico_core::catalog::Entry;

pub(crate) const COMPONENT_DEGRADED: Check = Check {
    entry: Entry {
        code: "CAL107",
        title: "a component is degraded",
        meaning: "The operator reports of a component that it is not as it was asked for, and not on \
                its way there.",
        impact: "What the component stands for does not work, or does not follow the last change. \
                  Where the operator cannot read or accept the Installation, it changes nothing \
                  at all until that is mended.",
        criteria: "The condition Degraded of the component's TigeraStatus is True. Its message is \
                 quoted as the operator wrote it; where it is one of the well-known ones, the \
                 finding says what is behind it, and which other finding has more. A \
                 component that only waits for another one that is ill is a warning.",
        fix: "Mend what the message names. The operator looks again by itself.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go",
    },
    needs: &[&TIGERA_STATUSES],
    judges: Judges::Running,
    find: |case| of_state(case, State::Degraded, degraded),
};

pub(crate) const COMPONENT_NOT_AVAILABLE: Check = Check {
    entry: Entry {
        code: "CAL108",
        title: "a component is not available",
        meaning: "The operator does not report of a component that it is available.",
        impact: "Some of its pods are not ready, or the operator has not yet come so far as to \
                  look at it.",
        criteria: "The condition Available of the component's TigeraStatus is not True, and Degraded \
                 is not True either. That Available is not there at all counts: until the \
                 operator watches a component, it may report nothing or only Degraded. It is a \
                 warning while the operator says that the component is progressing, and an error \
                 otherwise.",
        fix: "During an install or an upgrade, wait. Else see what the findings CAL501 to CAL508 \
              say of the pods, and read the operator's log.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (updateStatus)",
    },
    needs: &[&TIGERA_STATUSES],
    judges: Judges::Running,
    find: |case| of_state(case, State::NotAvailable, not_available),
};

/// A finding for each component in that state.
fn of_state(case: &Case, state: State, find: fn(&Case, &TigeraStatus) -> Finding) -> Vec<Finding> {
    let components = case.facts.components.value().map(Vec::as_slice);
    let ill = components
        .unwrap_or_default()
        .iter()
        .filter(|found| found.state == state);
    let statuses = case.snapshot.tigera_statuses.items();
    let statuses = ill.filter_map(|component| {
        let mut statuses = statuses.iter();
        statuses.find(|status| status.metadata.name == component.name)
    });
    statuses.map(|status| find(case, status)).collect()
}

fn degraded(case: &Case, status: &TigeraStatus) -> Finding {
    let name = &status.metadata.name;
    let object = ObjectRef::named("TigeraStatus", name);
    let condition = status.condition("Degraded").cloned().unwrap_or_default();
    let known = cause(&condition.message);
    let message = match known {
        Some(cause) => format!("{name} is degraded: {}", cause.means),
        None => format!("{name} is degraded"),
    };
    if let Some(other) = known.and_then(|cause| cause.waits_for)
        && is_ill(case, other)
        && other != name
    {
        let message = format!("{name} waits for {other}");
        return said(
            Finding::warning(&COMPONENT_DEGRADED.entry, &object, message),
            &object,
            &condition,
        )
        .impact(without_component(name))
        .fix(format!("mend {other}, and this one follows"));
    }
    let finding = said(
        Finding::error(&COMPONENT_DEGRADED.entry, &object, message),
        &object,
        &condition,
    )
    .impact(without_component(name));
    match known {
        Some(cause) => mended(case, finding, cause, &condition.message),
        None => finding
            .fix("mend what the operator's message names; its log may say more")
            .paste(operator_log(case.snapshot)),
    }
}

fn mended(case: &Case, finding: Finding, cause: &Cause, message: &str) -> Finding {
    let said_by: Vec<&str> = cause
        .said_by
        .iter()
        .filter(|check| check.finds(case))
        .map(|check| check.entry.code)
        .collect();
    let fix = match cause.in_installation {
        true => case.facts.install.lasting(cause.fix),
        false => cause.fix.to_owned(),
    };
    match said_by.is_empty() {
        true => finding.fix(fix).paste((cause.paste)(case, message)),
        // Which have the better command.
        false => finding.fix(format!("{fix}; more in {}", said_by.join(", "))),
    }
}

fn is_ill(case: &Case, name: &str) -> bool {
    let components = case.facts.components.value();
    let mut ill = components
        .into_iter()
        .flatten()
        .filter(|component| matches!(component.state, State::Degraded | State::NotAvailable));
    ill.any(|component| component.name == name)
}

fn not_available(case: &Case, status: &TigeraStatus) -> Finding {
    let name = &status.metadata.name;
    let object = ObjectRef::named("TigeraStatus", name);
    let progressing = status
        .condition("Progressing")
        .filter(|found| found.status == "True");
    let available = status.condition("Available");
    let finding = match progressing {
        Some(_) => Finding::warning(
            &COMPONENT_NOT_AVAILABLE.entry,
            &object,
            format!("{name} is not available yet"),
        ),
        None => Finding::error(
            &COMPONENT_NOT_AVAILABLE.entry,
            &object,
            format!("{name} is not available"),
        ),
    };
    let finding = match (progressing, available) {
        (Some(condition), _) | (None, Some(condition)) => said(finding, &object, condition),
        (None, None) => finding.evidence(&object, "condition Available", "not reported"),
    };
    finding
        .impact(without_component(name))
        .fix(
            "during an install or an upgrade, wait and look again; else see what CAL501 to CAL508 \
             say of the pods, and what the operator's log says",
        )
        .paste(match progressing {
            Some(_) => "kubectl get pods -n calico-system -o wide".to_owned(),
            None => operator_log(case.snapshot),
        })
}

/// A condition as evidence: what the operator wrote, and since when.
fn said(finding: Finding, object: &ObjectRef, condition: &Condition) -> Finding {
    // The operator joins a text and an error with a colon, also where there is no error.
    let message = condition.message.trim_end().trim_end_matches(':');
    let field = format!("condition {}", condition.kind);
    let value = crate::assess::words::condition(&condition.status, &condition.reason, message);
    let finding = finding.evidence(object, &field, value);
    match &condition.last_transition_time {
        Some(since) => finding.evidence(object, field + " lastTransitionTime", since.0),
        None => finding,
    }
}
