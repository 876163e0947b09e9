//! What pods that fail say, requested from the API server: their events, and the last lines of logs.
//!
//! The requests are few, each is sent once and at the same time as the others, and all of them must end
//! within a few seconds: the kubelet of a broken node may not respond, and the report does without.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::snapshot::{LINES, LogRequest, PodName};

/// The longest log that is read, in bytes: lines with a stack trace fit into it.
pub(super) const LONGEST_LOG: usize = 64 << 10;

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

/// The outputs of futures that run at the same time, in their order.
pub(super) async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<(Pin<Box<_>>, Option<T>)> = futures
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    poll_fn(move |context| {
        for (future, output) in &mut running {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if running.iter().any(|(_, output)| output.is_none()) {
            return Poll::Pending;
        }
        let outputs = running.iter_mut().filter_map(|(_, output)| output.take());
        Poll::Ready(outputs.collect())
    })
    .await
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
             &tailLines=80&limitBytes=65536&previous=true"
        );
        request.pod.name = "../../secrets?x=a&b".to_owned();
        request.previous = false;
        assert_eq!(
            log_path(&request),
            "/api/v1/namespaces/kube-system/pods/..%2F..%2Fsecrets%3Fx%3Da%26b/log\
             ?container=calico-node&tailLines=80&limitBytes=65536"
        );
    }

    #[tokio::test]
    async fn futures_run_at_the_same_time() {
        let begun = tokio::time::Instant::now();
        let outputs = all((0..50).map(async |number: u64| {
            tokio::time::sleep(Duration::from_millis(100 - number)).await;
            number
        }))
        .await;
        assert_eq!(outputs, (0..50).collect::<Vec<_>>());
        assert!(begun.elapsed() < Duration::from_secs(2));
        assert!(all(Vec::<std::future::Ready<()>>::new()).await.is_empty());
    }
}
