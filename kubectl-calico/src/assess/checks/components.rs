//! What the operator reports about its components.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use super::api_server::API_SERVER_SILENT;
use super::installation::INSTALLATION_MISSING;
use super::reporting::{operator_log, operator_restart};
use crate::assess::advice::causes::{KnownCause, cause};
use crate::assess::advice::impact::without_component;
use crate::assess::advice::refused::refused;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::checks::kubernetes_version::OPERATOR_TOO_OLD;
use crate::assess::checks::typha_room::NO_ROOM;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::components::ComponentState;
use crate::facts::thresholds::BEGINNING;
use crate::snapshot::resources::{
    DAEMON_SETS, DEPLOYMENTS, INSTALLATIONS, IP_POOLS, OPERATORS, TIGERA_STATUSES,
};
use crate::snapshot::{Condition, ObjectRef, TigeraStatus};
use crate::views::objects::deployments;

/// The component that is Calico's API server.
const API_SERVER: &str = "apiserver";

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
                   for another unhealthy component, or for Calico's API server, which is ready by now; or if \
                   it has been waiting for less than two minutes, as in an install. If files do not show how \
                   long it has been waiting, the finding is a warning until the other component reports \
                   anything.",
        fix: "Fix the problem that the message describes. The operator retries automatically.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go",
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

pub(crate) const COMPONENT_NOT_AVAILABLE: Check = Check {
    entry: Entry {
        code: "CAL108",
        title: "a component is not available",
        meaning: "The operator does not report a component as available.",
        impact: "Some of the component's pods are not ready, or the operator has not reconciled it \
                 yet.",
        criteria: "The Available condition of the component's TigeraStatus is not True, and \
                   Degraded is not True either. A missing Available condition is also reported: \
                   until the operator watches a component, it may report nothing, or only \
                   Degraded. The finding is a warning while the component is progressing, and an \
                   error otherwise.",
        fix: "During an install or an upgrade, wait. Otherwise check the findings about nodes and \
              pods (CAL5xx), and read the operator's log. If only csi-node-driver is missing, the \
              network is not affected.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (updateStatus)",
    },
    needs: &[&TIGERA_STATUSES],
    excuses: &[],
    judges: Judges::Running,
    find: |case| of_state(case, ComponentState::NotAvailable, not_available),
};

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
    let finding = of_condition(Severity::Error, name, message, &condition);
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
    let fix = if cause.in_installation {
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
        (Some(condition), _) | (None, Some(condition)) => {
            with_condition(finding, &object, condition)
        }
        (None, None) => finding.evidence(&object, "condition Available", "not reported"),
    };
    let message = progressing.map_or("", |condition| condition.message.as_str());
    if is_about_csi_only(message) {
        return without_csi(case, finding);
    }
    let finding = finding
        .impact(without_component(name))
        .suspects([Suspect::NamedWorkload]);
    let finding = if name == API_SERVER {
        finding.suspects([Suspect::Code(API_SERVER_SILENT.entry.code)])
    } else {
        finding
    };
    let finding = deployments(case.snapshot)
        .filter(|found| names(message, found))
        .fold(finding, |finding, found| refused(case, finding, found));
    if let Some(cause) = cause(message) {
        return finding.fix(cause.fix).paste((cause.paste)(case, message));
    }
    finding
        .fix(
            "during an install or an upgrade, wait and check again; otherwise check the findings \
             about nodes and pods (CAL5xx), and read the operator's log",
        )
        .paste(match progressing {
            Some(_) => "kubectl get pods -n calico-system -o wide".to_owned(),
            None => operator_log(case.snapshot),
        })
}

/// Whether a message names a Deployment: `Deployment "calico-apiserver/calico-apiserver" is not available`.
fn names(message: &str, deployment: &Deployment) -> bool {
    let meta = &deployment.metadata;
    let (namespace, name) = (meta.namespace.as_deref(), meta.name.as_deref());
    message.contains(&format!(
        "\"{}/{}\"",
        namespace.unwrap_or_default(),
        name.unwrap_or_default()
    ))
}

/// Whether all workloads that a message names are Calico's CSI driver.
fn is_about_csi_only(message: &str) -> bool {
    const CSI: &str = "calico-system/csi-node-driver";
    let mut workloads = message.split('"').skip(1).step_by(2).peekable();
    workloads.peek().is_some() && workloads.all(|workload| workload == CSI)
}

/// Source: tigera/operator v1.42.3, pkg/render/csi.go; projectcalico/calico#9701.
fn without_csi(case: &Case, finding: Finding) -> Finding {
    finding
        .impact(
            "none for the network: only Calico's CSI driver is not ready, which policies by \
             application layer use",
        )
        .fix(case.facts.install.lasting(
            "read in the pods' events what the driver lacks; if the kubelet runs with --root-dir, set \
             kubeletVolumePluginPath of the Installation to that directory, or to None to remove \
             the driver",
        ))
        .paste("kubectl describe pods -n calico-system -l k8s-app=csi-node-driver")
}

/// A condition as evidence, with the time of its last transition.
fn with_condition(finding: Finding, object: &ObjectRef, condition: &Condition) -> Finding {
    // The operator appends a colon and an error, even where there is no error.
    let message = condition.message.trim_end().trim_end_matches(':');
    let field = format!("condition {}", condition.kind);
    let value = crate::phrases::condition(&condition.status, &condition.reason, message);
    let finding = finding.evidence(object, &field, value);
    match &condition.last_transition_time {
        Some(since) => finding.evidence(object, field + " lastTransitionTime", since.0),
        None => finding,
    }
}
