//! What pods say, added to the findings about them: the cause, if one of their lines is known, or else their
//! last errors.

use serde_json::Value;

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
use super::finding::{Evidence, Finding, Suspect};
use crate::repair::Step;
use crate::snapshot::resources::{CSI_DRIVER, OPERATOR_APP};
use crate::snapshot::{Event, ObjectRef, Pod, PodLog, PodName};
use crate::views::log_errors::is_error;
use crate::views::refusal::REPLICA_FAILURE;
use crate::views::{kube_proxy, pods};
use calico_core::text::cut;

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

/// Those of them that are about what the operator does, and so about its pod.
const OF_OPERATOR: [&Check; 5] = [
    &OPERATOR_NOT_READY,
    &COMPONENT_DEGRADED,
    &COMPONENT_NOT_AVAILABLE,
    &REPORT_OUTDATED,
    &NOTHING_REPORTED,
];

const DAEMON_SET: &str = "DaemonSet";

/// The maximum number of lines that are quoted if none is known.
const QUOTES: usize = 3;

/// The longest line that is quoted, in characters.
const LONGEST: usize = 400;

/// A line that a pod wrote, or that the kubelet wrote about it.
struct PodLine {
    pod: PodName,
    /// The pod, or a workload whose pods cannot be created.
    object: ObjectRef,
    /// What wrote it, as evidence names it: `log of calico-node`, `event Unhealthy`.
    origin: String,
    text: String,
    is_event: bool,
    /// Whether the finding shows it already.
    is_shown: bool,
}

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

/// The pods that a finding is about.
#[derive(Default)]
struct SubjectPods<'a> {
    pods: Vec<&'a Pod>,
    /// Their DaemonSet, if the finding is about it.
    set: Option<PodName>,
}

impl<'a> SubjectPods<'a> {
    fn of(case: &Case<'a>, finding: &Finding) -> Self {
        let snapshot = case.snapshot;
        let is_named = |pod: &Pod| {
            let object = pods::object(pod);
            finding.subject == object.to_string()
                || finding.evidence.iter().any(|it| it.object == object)
        };
        let mut evidence = finding.evidence.iter();
        // The one workload of Calico without a finding of its own.
        let is_csi = COMPONENT_NOT_AVAILABLE.found(finding)
            && evidence.any(|it| it.value.contains(CSI_DRIVER));
        let app = if is_csi {
            Some(CSI_DRIVER)
        } else if OF_OPERATOR.iter().any(|check| check.found(finding)) {
            Some(OPERATOR_APP)
        } else if API_SERVER_SILENT.found(finding) {
            Some("calico-apiserver")
        } else {
            None
        };
        let is_its = |pod: &&Pod| {
            is_named(pod)
                || app.is_some_and(|app| pods::app(pod) == app)
                || pods::owner(snapshot, pod)
                    .is_some_and(|owner| owner.to_string() == finding.subject)
        };
        let calico = pods::wanted(snapshot);
        // Other findings name them as what keeps Calico's pods from running.
        let proxies = if PROXY_NOT_READY.found(finding) {
            kube_proxy::pods(snapshot)
        } else {
            Vec::new()
        };
        Self {
            pods: calico
                .chain(snapshot.pending_pods.items())
                .chain(proxies)
                .filter(is_its)
                .collect(),
            set: daemon_set(&finding.subject),
        }
    }

    /// Whether an event is about one of them, or about their DaemonSet.
    fn are_subject_of(&self, event: &Event) -> bool {
        let about = &event.involved_object;
        let name = PodName {
            namespace: about.namespace.clone(),
            name: about.name.clone(),
        };
        match about.kind.as_str() {
            DAEMON_SET => self.set.as_ref() == Some(&name),
            _ => self.contains(&name),
        }
    }

    fn contains(&self, name: &PodName) -> bool {
        self.pods
            .iter()
            .any(|pod| PodName::of(&pod.metadata) == *name)
    }

    /// Whether a log is one of these pods', and of the container that the finding names, if it names one.
    fn wrote(&self, log: &PodLog, finding: &Finding) -> bool {
        let container = finding.evidence.iter().find_map(|evidence| {
            let (_, rest) = evidence.field.split_once("containerStatuses[")?;
            Some(rest.split_once(']')?.0)
        });
        self.contains(&log.pod()) && container.is_none_or(|name| name == log.spec.container)
    }
}

/// The events about these pods, the latest first.
fn events(pods: &SubjectPods, events: &[Event]) -> Vec<PodLine> {
    // What the kubelet repeats of what the status of the container says.
    let says_something = |event: &&Event| event.reason != "BackOff";
    let mut events: Vec<&Event> = events.iter().filter(says_something).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.time()));
    events
        .into_iter()
        .flat_map(|event| {
            let about = &event.involved_object;
            let pod = PodName {
                namespace: about.namespace.clone(),
                name: about.name.clone(),
            };
            // A probe may write to its log before its result.
            let lines = event.message.lines().rev();
            let is_its = pods.are_subject_of(event);
            let kind = if about.kind == DAEMON_SET {
                DAEMON_SET
            } else {
                "Pod"
            };
            let lines = lines.filter(|_| is_its).map(|text| PodLine {
                pod: pod.clone(),
                object: ObjectRef::in_namespace(kind, &about.namespace, &about.name),
                origin: format!("event {}", event.reason),
                text: text.to_owned(),
                is_event: true,
                is_shown: false,
            });
            lines.collect::<Vec<_>>()
        })
        .collect()
}

/// `DaemonSet/calico-system/calico-node`
fn daemon_set(subject: &str) -> Option<PodName> {
    let (namespace, name) = subject.strip_prefix("DaemonSet/")?.split_once('/')?;
    Some(PodName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    })
}

/// What the finding shows already: the last words of containers, and why pods cannot be created.
fn shown(finding: &Finding) -> impl Iterator<Item = PodLine> {
    finding.evidence.iter().filter_map(|evidence| {
        let is_message = evidence.field.ends_with("] message") || evidence.field == REPLICA_FAILURE;
        let pod = PodName {
            namespace: evidence.object.namespace.clone()?,
            name: evidence.object.name.clone()?,
        };
        is_message.then(|| PodLine {
            pod,
            object: evidence.object.clone(),
            origin: evidence.field.clone(),
            text: evidence.value.clone(),
            is_event: false,
            is_shown: true,
        })
    })
}

/// The lines of a log, the last one first.
fn log_lines(log: &PodLog) -> impl Iterator<Item = PodLine> {
    log.status.lines.iter().rev().map(|text| PodLine {
        pod: log.pod(),
        object: object(&log.pod()),
        origin: origin(log),
        text: text.clone(),
        is_event: false,
        is_shown: false,
    })
}

fn origin(log: &PodLog) -> String {
    let run = if log.spec.previous { "previous " } else { "" };
    format!("{run}log of {}", log.spec.container)
}

fn object(pod: &PodName) -> ObjectRef {
    ObjectRef::in_namespace("Pod", &pod.namespace, &pod.name)
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

/// The last lines that tell of an error, or else the very last one. Of several that differ only in what is
/// before the message, the last.
fn quotes(lines: &[PodLine]) -> Vec<&PodLine> {
    let event = lines.iter().find(|line| line.is_event);
    let log = || lines.iter().filter(|line| !line.is_event && !line.is_shown);
    let mut quotes: Vec<&PodLine> = event.into_iter().collect();
    for line in log().filter(|line| is_error(&line.text)) {
        let is_new = quotes
            .iter()
            .all(|quote| message_in(&quote.text) != message_in(&line.text));
        if is_new && quotes.len() < QUOTES {
            quotes.push(line);
        }
    }
    if quotes.is_empty() {
        quotes.extend(log().next());
    }
    quotes
}

/// A line without its time, its process and its place in the code.
/// `2026-01-01 00:00:00.000 [ERROR][49] felix/daemon.go 576: Failed to connect`
fn message_in(line: &str) -> &str {
    match line.split_once(".go ") {
        Some((_, rest)) => rest.split_once(": ").map_or(rest, |(_, message)| message),
        None => line,
    }
}

fn quoted(mut finding: Finding, line: &PodLine) -> Finding {
    finding.evidence.push(Evidence {
        object: line.object.clone(),
        field: line.origin.clone(),
        value: shortened(&in_short(&line.text)),
    });
    finding
}

/// The message and the error of a line in JSON, which the operator writes with a stack trace; any other line
/// as it is.
fn in_short(line: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(line.trim()) else {
        return line.trim().to_owned();
    };
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    match (field("msg"), field("error")) {
        (Some(message), Some(error)) => format!("{message}: {error}"),
        (Some(message), None) => message.to_owned(),
        _ => line.trim().to_owned(),
    }
}

/// The beginning of a line: what ends it is most often an identifier.
fn shortened(line: &str) -> String {
    cut(line.to_owned(), LONGEST)
}
