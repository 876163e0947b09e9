//! Components that the operator reports as degraded.

use calico_core::catalog::Entry;

use super::{API_SERVER, of_state, with_condition};
use crate::assess::advice::causes::{KnownCause, cause};
use crate::assess::advice::impact::without_component;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::kubernetes_version::OPERATOR_TOO_OLD;
use crate::assess::checks::reporting::{operator_log, operator_restart};
use crate::assess::checks::typha_room::NO_ROOM;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::components::ComponentState;
use crate::facts::thresholds::BEGINNING;
use crate::repair::installer_step::create_api_server;
use crate::snapshot::resources::{
    DAEMON_SETS, DEPLOYMENTS, INSTALLATIONS, IP_POOLS, OPERATORS, TIGERA_STATUSES,
};
use crate::snapshot::{Condition, ObjectRef, TigeraStatus};

/// The component that creates the tiers of the operator's own policies.
const TIERS: &str = "tiers";

/// The component that creates the pools, right after the operator has started.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
const IP_POOLS_COMPONENT: &str = "ippools";

pub(crate) const COMPONENT_DEGRADED: Check = Check {
    entry: Entry {
        code: "CAL107",
        title: "a component is degraded",
        meaning: "The operator reports that a component is not in the requested state, and is not \
                  progressing toward it.",
        impact: "The component does not work, or does not reflect the last change. While the \
                 operator cannot read or accept the Installation, it changes nothing at all.",
        criteria: "The Degraded condition of the component's TigeraStatus is True. Its message is quoted as \
                   the operator wrote it. For a well-known message, the finding adds the cause, and the code \
                   of the finding that explains it. The finding is a warning if the component is only waiting \
                   for another unhealthy component, or for Calico's API server, which is ready by now; if it is \
                   tiers, which only the policies of the operator's own components need; or if it has been waiting for less than two minutes, as in an install. If files do not show how \
                   long it has been waiting, the finding is a warning until the other component reports \
                   anything.",
        fix: "Fix the problem that the message describes. The operator retries automatically.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go and \
                 pkg/controller/tiers/tiers_controller.go",
    },
    needs: &[&TIGERA_STATUSES],
    // What shows that Calico runs: without it, a TigeraStatus is a leftover of an uninstall.
    excuses: &[
        &DAEMON_SETS,
        &OPERATORS,
        &DEPLOYMENTS,
        &IP_POOLS,
        &INSTALLATIONS,
    ],
    judges: Judges::Running,
    find: |case| of_state(case, ComponentState::Degraded, degraded),
};

fn degraded(case: &Case, status: &TigeraStatus) -> Finding {
    let name = &status.metadata.name;
    let condition = status.condition("Degraded").cloned().unwrap_or_default();
    let known = cause(&condition.message);
    if let Some(waiting) = known.and_then(|known| waiting(case, name, &condition, known)) {
        return waiting;
    }
    let message = match known {
        Some(cause) => format!("{name} is degraded: {}", cause.means),
        None => format!("{name} is degraded"),
    };
    // A cluster that has no APIServer on purpose reports this for good.
    let waits_for_server = known.is_some_and(|cause| cause.waits_for == Some(API_SERVER));
    let severity = if name == TIERS && waits_for_server {
        Severity::Warning
    } else {
        Severity::Error
    };
    let finding = of_condition(severity, name, message, &condition);
    match known {
        Some(cause) => with_remedy(case, finding, cause, &condition.message),
        None => finding
            .suspects([Suspect::NamedWorkload])
            .fix("fix the problem in the operator's message; its log may contain more")
            .paste(operator_log(case.snapshot)),
    }
}

/// A component that only waits for another one, or did.
fn waiting(case: &Case, name: &str, condition: &Condition, known: &KnownCause) -> Option<Finding> {
    let other = known.waits_for?;
    let finding = |message| of_condition(Severity::Warning, name, message, condition);
    if other != name && is_unhealthy(case, other) {
        return Some(
            finding(format!("{name} is waiting for {other}"))
                .suspects([Suspect::Subject(ObjectRef::named("TigeraStatus", other))])
                .fix(format!("fix {other}; {name} then recovers on its own")),
        );
    }
    if has_just_begun(case, condition, other) {
        let message =
            format!("{name} is waiting for {other}, as it does at the beginning of an install");
        return Some(
            finding(message)
                .fix("check again in two minutes: it becomes an error if the message persists"),
        );
    }
    let is_over = other == API_SERVER && has_api_server(case);
    is_over.then(|| {
        finding(format!(
            "{name} is still degraded because Calico's API server was not ready; it is ready now"
        ))
        .fix("wait a few minutes for the operator to try again; if the message persists, restart the operator")
        .paste(operator_restart(case.snapshot))
    })
}

/// What the Degraded condition of a component says.
fn of_condition(severity: Severity, name: &str, message: String, condition: &Condition) -> Finding {
    let object = ObjectRef::named("TigeraStatus", name);
    let finding = Finding::new(&COMPONENT_DEGRADED.entry, severity, &object, message);
    with_condition(finding, &object, condition).impact(without_component(name))
}

/// Whether a component has been waiting for less than two minutes; if that is not known, whether the one that it waits
/// for has not reported anything yet.
fn has_just_begun(case: &Case, condition: &Condition, other: &str) -> bool {
    let since = condition.last_transition_time.as_ref();
    match (case.snapshot.time, since) {
        (Some(now), Some(since)) => now.as_second() - since.0.as_second() < BEGINNING,
        _ => {
            let mut statuses = case.snapshot.tigera_statuses.items().iter();
            other == IP_POOLS_COMPONENT && !statuses.any(|status| status.metadata.name == other)
        }
    }
}

/// Whether every sign says that Calico's API server responds. The operator tries again some time after it does.
/// Source: projectcalico/calico#10494, #10849.
fn has_api_server(case: &Case) -> bool {
    let components = case.facts.components.value();
    let mut components = components.into_iter().flatten();
    let is_available = components.any(|component| {
        component.name == API_SERVER && component.state == ComponentState::Available
    });
    is_available && API_SERVER_SILENT.passes(case)
}

fn with_remedy(case: &Case, finding: Finding, cause: &KnownCause, message: &str) -> Finding {
    let explained_by: Vec<&'static str> = cause
        .explained_by
        .iter()
        .filter(|check| check.finds(case))
        .map(|check| check.entry.code)
        .collect();
    // What the operator says about Typha's room, or about an API that is gone, names no workload.
    let without_name = [NO_ROOM.entry.code, OPERATOR_TOO_OLD.entry.code];
    let suspects = explained_by.iter().copied().map(|code| match code {
        code if without_name.contains(&code) => Suspect::Code(code),
        code => Suspect::NamedCode(code),
    });
    let finding = finding.suspects(suspects.chain([Suspect::NamedWorkload]));
    let command = (cause.paste)(case, message);
    let lacks_server = cause.waits_for == Some(API_SERVER)
        && case.snapshot.api_servers.read().is_some_and(Vec::is_empty);
    let fix = if lacks_server && case.facts.install.is_by_rke2() {
        create_api_server(&case.facts.install).what
    } else if cause.in_installation {
        case.facts.install.lasting(cause.fix)
    } else {
        cause.fix.to_owned()
    };
    if explained_by.is_empty() {
        let same = repaired_alike(case, &finding, cause, &command);
        finding.suspects(same).fix(fix).paste(command)
    } else {
        // Those findings have a more specific command.
        finding.fix(format!("{fix} (see {})", explained_by.join(", ")))
    }
}

/// The components before this one that the same command repairs: a missing object, for example, is created once. To
/// correct the Installation can mean something else for each.
fn repaired_alike(
    case: &Case,
    finding: &Finding,
    known: &KnownCause,
    command: &str,
) -> Vec<Suspect> {
    if known.in_installation || command.is_empty() {
        return Vec::new();
    }
    let statuses = case.snapshot.tigera_statuses.items().iter();
    let before = statuses.take_while(|status| status.metadata.name != finding.name());
    before
        .filter(|status| {
            let degraded = status.condition("Degraded");
            let degraded = degraded.filter(|condition| condition.status == "True");
            degraded.is_some_and(|condition| {
                let other = cause(&condition.message);
                other.is_some_and(|other| {
                    other.fix == known.fix && (other.paste)(case, &condition.message) == command
                })
            })
        })
        .map(|status| ObjectRef::named("TigeraStatus", &status.metadata.name))
        .map(Suspect::Subject)
        .collect()
}

fn is_unhealthy(case: &Case, name: &str) -> bool {
    let components = case.facts.components.value();
    components
        .into_iter()
        .flatten()
        .filter(|component| {
            matches!(
                component.state,
                ComponentState::Degraded | ComponentState::NotAvailable
            )
        })
        .any(|component| component.name == name)
}
