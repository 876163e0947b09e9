//! What pods say: their events, and the last lines of their containers' logs. Only those of pods that
//! fail are requested.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::meta::Meta;
use super::reading::{Reading, Unknown};
use crate::credential::lines_without;

/// The maximum number of lines that are requested of a log.
pub const LINES: usize = 80;

/// The maximum length of a line that is kept, in characters.
const LONGEST_LINE: usize = 1000;

/// What is to be requested of pods that fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageRequests {
    /// The pods whose events are wanted.
    pub events: Vec<PodName>,
    /// The DaemonSets whose events are wanted, because they lack pods.
    pub daemon_sets: Vec<PodName>,
    pub logs: Vec<LogRequest>,
}

impl MessageRequests {
    /// Whether nothing is to be requested.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.daemon_sets.is_empty() && self.logs.is_empty()
    }
}

/// A pod, or a DaemonSet whose events are read like those of a pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodName {
    pub namespace: String,
    pub name: String,
}

impl PodName {
    pub fn of(meta: &Meta) -> Self {
        Self {
            namespace: meta.namespace.clone().unwrap_or_default(),
            name: meta.name.clone(),
        }
    }
}

/// The log of a container, or of its previous run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRequest {
    pub pod: PodName,
    pub container: String,
    pub previous: bool,
}

/// What pods that fail say.
#[derive(Clone, Debug)]
pub struct PodMessages {
    pub events: Reading<Vec<Event>>,
    /// A log for each request.
    pub logs: Vec<PodLog>,
}

/// Nothing that was requested.
impl Default for PodMessages {
    fn default() -> Self {
        Self {
            events: Reading::Unknown(Unknown::NotGiven),
            logs: Vec::new(),
        }
    }
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    pub metadata: Meta,
    /// The object that it is about.
    pub involved_object: InvolvedObject,
    /// Normal or Warning.
    #[serde(rename = "type")]
    pub kind: String,
    /// FailedCreatePodSandBox, Unhealthy, …
    pub reason: String,
    #[serde(deserialize_with = "message")]
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_timestamp: Option<Time>,
    /// Set by clients of the newer events API, which leave out the other one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<MicroTime>,
}

/// The object that an event is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvolvedObject {
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

impl Event {
    /// When it was last seen.
    pub fn time(&self) -> Option<Timestamp> {
        let last = self.last_timestamp.as_ref().map(|time| time.0);
        last.or_else(|| Some(self.event_time.as_ref()?.0))
    }

    /// Whether it is about that pod.
    pub fn is_about(&self, pod: &PodName) -> bool {
        self.is_about_a("Pod", pod)
    }

    /// Whether it is about the object of that kind and name.
    pub fn is_about_a(&self, kind: &str, object: &PodName) -> bool {
        let about = &self.involved_object;
        about.kind == kind && about.namespace == object.namespace && about.name == object.name
    }
}

/// The last lines of a container's log. Kubernetes serves them as text; this is how a snapshot holds
/// them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodLog {
    pub metadata: Meta,
    pub spec: PodLogSpec,
    pub status: PodLogStatus,
}

/// Which log it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodLogSpec {
    pub pod_name: String,
    pub container: String,
    /// Whether it is the log of the run before the current one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub previous: bool,
}

/// Its lines, or why they could not be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodLogStatus {
    /// The oldest first.
    #[serde(deserialize_with = "lines", skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Why it could not be read; empty if it was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub failure: String,
}

impl PodLog {
    /// The log as the API server sends it. Where a log is cut, its last line may be incomplete.
    pub fn of_text(request: &LogRequest, text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let mut log = Self::of(request);
        log.status.lines = kept(text.lines());
        log
    }

    /// A log that could not be read.
    pub fn unread(request: &LogRequest, failure: String) -> Self {
        let mut log = Self::of(request);
        log.status.failure = failure;
        log
    }

    fn of(request: &LogRequest) -> Self {
        let LogRequest {
            pod,
            container,
            previous,
        } = request;
        Self {
            metadata: Meta {
                name: format!("{}.{container}", pod.name),
                namespace: Some(pod.namespace.clone()),
                ..Meta::default()
            },
            spec: PodLogSpec {
                pod_name: pod.name.clone(),
                container: container.clone(),
                previous: *previous,
            },
            status: PodLogStatus::default(),
        }
    }

    /// The pod that wrote it.
    pub fn pod(&self) -> PodName {
        PodName {
            namespace: self.metadata.namespace.clone().unwrap_or_default(),
            name: self.spec.pod_name.clone(),
        }
    }

    /// Whether it is the log of that container.
    pub fn is_of(&self, request: &LogRequest) -> bool {
        self.spec.container == request.container && self.pod() == request.pod
    }
}

/// The last lines that are not empty, each up to its limit, without those that may hold a credential.
fn kept<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let lines = lines.filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines_without(lines).collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..);
    let last = last.unwrap_or_default().iter();
    last.map(|line| calico_core::text::cut((*line).to_owned(), LONGEST_LINE))
        .collect()
}

fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let lines = Vec::<String>::deserialize(deserializer)?;
    Ok(kept(lines.iter().map(String::as_str)))
}

/// A message without the lines that may hold a credential.
fn message<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let message = String::deserialize(deserializer)?;
    Ok(kept(message.lines()).join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &[u8]) -> Vec<String> {
        let request = LogRequest {
            pod: PodName {
                namespace: "a".to_owned(),
                name: "b".to_owned(),
            },
            container: "c".to_owned(),
            previous: false,
        };
        PodLog::of_text(&request, text).status.lines
    }

    #[test]
    fn the_last_lines_are_kept_without_secrets() {
        assert_eq!(lines_of(b""), [""; 0]);
        assert_eq!(
            lines_of(b"one\r\n\n  \ntoken=abc\ntwo \xff\n"),
            ["one", "two \u{fffd}"]
        );
        let many: String = (0..1000).map(|number| format!("{number}\n")).collect();
        let kept = lines_of(many.as_bytes());
        assert_eq!((kept.len(), kept[0].as_str()), (LINES, "920"));
        let long = lines_of(&vec![b'x'; 1 << 20]);
        assert!(long.is_empty(), "it may be a key");
        let long = lines_of(&[b"error: ".as_slice(), &vec![b'x'; 1 << 20]].concat());
        assert_eq!(long[0].chars().count(), LONGEST_LINE + 1);
    }

    #[test]
    fn a_snapshot_is_cleaned_again() {
        let log: PodLog = serde_yaml::from_str(
            "{metadata: {name: b.c}, status: {lines: [one, 'password: hunter2', '']}}",
        )
        .unwrap();
        assert_eq!(log.status.lines, ["one"]);
        let event: Event =
            serde_yaml::from_str("{reason: Failed, message: \"one\\ntoken=abc\"}").unwrap();
        assert_eq!(event.message, "one");
    }
}
