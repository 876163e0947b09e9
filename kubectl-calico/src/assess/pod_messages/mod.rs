//! What pods say, added to the findings about them: the cause, if one of their lines is known, or else their
//! last errors.

mod lines;
mod quotes;
mod subject_pods;

use super::advice::messages::{KnownMessage, known, known_of_kube_proxy};
use super::check::{Case, Check};
use super::checks::agents::AGENT_NOT_READY;
use super::checks::api_server::API_SERVER_SILENT;
use super::checks::components::{COMPONENT_DEGRADED, COMPONENT_NOT_AVAILABLE};
use super::checks::crash_loops::CRASH_LOOP;
use super::checks::images::IMAGE_NOT_PULLED;
use super::checks::kube_controllers::CONTROLLERS_NOT_READY;
use super::checks::kube_proxy::PROXY_NOT_READY;
use super::checks::operator::OPERATOR_NOT_READY;
use super::checks::pending::PODS_WAIT;
use super::checks::reporting::{NOTHING_REPORTED, REPORT_OUTDATED};
use super::checks::typha::TYPHA_MISSING;
use super::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use super::finding::{Finding, Suspect};
use crate::repair::Step;
use crate::snapshot::PodLog;
use crate::views::log_errors::is_error;
use lines::{PodLine, events, log_lines, object, origin, shown};
use quotes::{message_in, quoted, quotes, shortened};
use subject_pods::SubjectPods;

/// The checks whose findings are about pods, or about what their pods report.
const CHECKS: [&Check; 14] = [
    &OPERATOR_NOT_READY,
    &COMPONENT_DEGRADED,
    &COMPONENT_NOT_AVAILABLE,
    &REPORT_OUTDATED,
    &API_SERVER_SILENT,
    &NOTHING_REPORTED,
    &TYPHA_MISSING,
    &TYPHA_NOT_READY,
    &AGENT_NOT_READY,
    &CRASH_LOOP,
    &IMAGE_NOT_PULLED,
    &PODS_WAIT,
    &CONTROLLERS_NOT_READY,
    &PROXY_NOT_READY,
];

/// A finding with what its pods say.
pub(super) fn with_messages(case: &Case, finding: Finding) -> Finding {
    if !CHECKS.iter().any(|check| check.found(&finding)) {
        return finding;
    }
    let messages = &case.snapshot.messages;
    let its = if messages.logs.is_empty() && messages.events.items().is_empty() {
        SubjectPods::default()
    } else {
        SubjectPods::of(case, &finding)
    };
    let logs: Vec<&PodLog> = messages
        .logs
        .iter()
        .filter(|log| its.wrote(log, &finding))
        .collect();
    let mut lines = events(&its, messages.events.items());
    lines.extend(shown(&finding));
    lines.extend(logs.iter().flat_map(|log| log_lines(log)));
    if !finding.is_explained
        && let Some((line, message)) = explanation(case, &finding, &lines)
    {
        let finding = explained(case, finding, line, message);
        // The cause of a consequence may be in another line.
        let others = quotes(&lines).into_iter().filter(|other| {
            message.is_general
                && !other.is_event
                && is_error(&other.text)
                && message_in(&other.text) != message_in(&line.text)
        });
        return others.fold(finding, quoted);
    }
    let finding = quotes(&lines).into_iter().fold(finding, quoted);
    let unread = logs.iter().filter(|log| !log.status.failure.is_empty());
    unread.fold(finding, |finding, log| {
        let why = format!("not read: {}", shortened(&log.status.failure));
        finding.evidence(object(&log.pod()), origin(log), why)
    })
}

/// The line that says most: a specific one before a general one, the kubelet's word before the container's,
/// and a later one before an earlier one.
fn explanation<'a>(
    case: &Case,
    finding: &Finding,
    lines: &'a [PodLine],
) -> Option<(&'a PodLine, &'static KnownMessage)> {
    let known = if PROXY_NOT_READY.found(finding) {
        known_of_kube_proxy
    } else {
        known
    };
    let all = lines
        .iter()
        .filter_map(|line| Some((line, known(case, &line.text)?)));
    all.min_by_key(|(line, message)| (message.is_general, !line.is_event))
}

/// A finding whose cause a line names.
fn explained(
    case: &Case,
    mut finding: Finding,
    line: &PodLine,
    message: &'static KnownMessage,
) -> Finding {
    finding.is_explained |= !message.is_general && !message.is_about_path;
    finding.message.push_str("; cause: ");
    finding.message.push_str(&message.cause_in(&line.text));
    let explained_by = message.explained_by.iter();
    let explained_by: Vec<&'static str> = explained_by
        .filter(|check| check.finds(case))
        .map(|check| check.entry.code)
        .collect();
    if !message.fix.is_empty() {
        finding.fix = vec![if explained_by.is_empty() {
            message.step(case, &line.pod)
        } else {
            // Those findings have a more specific command.
            let what = message.step(case, &line.pod).what;
            Step::new(format!("{what} (see {})", explained_by.join(", ")))
        }];
    }
    let suspects = explained_by.into_iter().map(Suspect::Code);
    finding.suspects = suspects.chain(finding.suspects).collect();
    if line.is_shown {
        finding
    } else {
        quoted(finding, line)
    }
}
