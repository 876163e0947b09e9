//! What pods that fail say, requested from the API server: their events, and the last lines of logs.
//!
//! The requests are few, each is sent once and at the same time as the others, and all of them must end
//! within a few seconds: the kubelet of a broken node may not respond, and the report does without.

use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::snapshot::{LINES, LogRequest, PodName};

/// The longest log that is read, in bytes: so many lines of the longest that containerd writes. The kubelet goes back
/// by lines and counts bytes from there, so a lower limit would lose the newest ones.
/// Source: kubernetes, staging/src/k8s.io/cri-client/pkg/logs/logs.go, `ReadLogs`; containerd v2.3.4,
/// internal/cri/config, `max_container_log_line_size`.
pub(super) const LONGEST_LOG: usize = LINES * (16 << 10);

/// The maximum number of events of a pod. The kubelet combines those that repeat.
const EVENTS: usize = 30;

/// The time for all of them.
pub(super) const TIME: Duration = Duration::from_secs(10);

/// What is escaped in a segment of a path or a value of a query.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b',')
    .add(b'/')
    .add(b'=')
    .add(b'?');

/// The path of the warnings about an object.
pub(super) fn events_path(kind: &str, object: &PodName) -> String {
    format!(
        "/api/v1/namespaces/{}/events?limit={EVENTS}\
         &fieldSelector=involvedObject.kind%3D{kind}%2CinvolvedObject.name%3D{}%2Ctype%3DWarning",
        escaped(&object.namespace),
        escaped(&object.name)
    )
}

/// The path of the end of a log. `limitBytes` counts from the first of these lines.
pub(super) fn log_path(request: &LogRequest) -> String {
    format!(
        "/api/v1/namespaces/{}/pods/{}/log?container={}&tailLines={LINES}&limitBytes={LONGEST_LOG}{}",
        escaped(&request.pod.namespace),
        escaped(&request.pod.name),
        escaped(&request.container),
        if request.previous {
            "&previous=true"
        } else {
            ""
        }
    )
}

pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> PodName {
        PodName {
            namespace: "kube-system".to_owned(),
            name: "calico-node-x7k2p".to_owned(),
        }
    }

    #[test]
    fn the_paths() {
        assert_eq!(
            events_path("Pod", &pod()),
            "/api/v1/namespaces/kube-system/events?limit=30&fieldSelector=involvedObject.kind%3DPod\
             %2CinvolvedObject.name%3Dcalico-node-x7k2p%2Ctype%3DWarning"
        );
        let mut request = LogRequest {
            pod: pod(),
            container: "calico-node".to_owned(),
            previous: true,
        };
        assert_eq!(
            log_path(&request),
            "/api/v1/namespaces/kube-system/pods/calico-node-x7k2p/log?container=calico-node\
             &tailLines=80&limitBytes=1310720&previous=true"
        );
        request.pod.name = "../../secrets?x=a&b".to_owned();
        request.previous = false;
        assert_eq!(
            log_path(&request),
            "/api/v1/namespaces/kube-system/pods/..%2F..%2Fsecrets%3Fx%3Da%26b/log\
             ?container=calico-node&tailLines=80&limitBytes=1310720"
        );
    }
}
