//! What pods say: their events and logs.

use futures_util::future::join_all;

use super::ClusterReader;
use crate::gather::read_error::ReadError;
use crate::gather::{page, pod_messages};
use crate::snapshot::resources::EVENTS;
use crate::snapshot::{
    Event, LogRequest, MessageRequests, PodLog, PodMessages, PodName, Reading, Unknown,
};

impl ClusterReader {
    pub(super) async fn pod_messages(&self, requests: &MessageRequests) -> PodMessages {
        let pods = requests.events.iter().map(|pod| self.events("Pod", pod));
        let sets = requests.daemon_sets.iter();
        let events = pods.chain(sets.map(|set| self.events("DaemonSet", set)));
        let logs = requests.logs.iter().map(|request| self.pod_log(request));
        let (events, logs) = tokio::join!(join_all(events), join_all(logs));
        let failure = events.iter().find_map(|events| events.as_ref().err());
        let read: Vec<Event> = events.iter().flatten().flatten().cloned().collect();
        PodMessages {
            events: match failure {
                Some(why) if read.is_empty() => Reading::Unknown(why.clone()),
                _ => Reading::Read(read),
            },
            logs,
        }
    }

    /// What `work` returns, unless it takes longer than what pods say is worth.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, ReadError>>,
    ) -> Result<T, Unknown> {
        let limited = tokio::time::timeout(pod_messages::TIME, work);
        match self.budget.within_time(limited).await {
            Ok(Ok(done)) => done.map_err(Unknown::from),
            Ok(Err(_)) => {
                let seconds = pod_messages::TIME.as_secs();
                Err(Unknown::Failed(format!("no response within {seconds}s")))
            }
            Err(limit) => Err(Unknown::Failed(limit.to_string())),
        }
    }

    async fn events(&self, kind: &str, object: &PodName) -> Result<Vec<Event>, Unknown> {
        self.in_time(async {
            let path = pod_messages::events_path(kind, object);
            let response = self.get(&path).await?;
            let page = page::parse(&response.body, &EVENTS, &self.budget, 0);
            let page =
                page.map_err(|error| ReadError::unparsed(&response, &error, &self.budget))?;
            Ok(page.objects)
        })
        .await
    }

    async fn pod_log(&self, request: &LogRequest) -> PodLog {
        let path = pod_messages::log_path(request);
        let text = self.in_time(self.get_text(&path, pod_messages::LONGEST_LOG));
        match text.await {
            Ok(text) => PodLog::of_text(request, &text),
            Err(why) => {
                // What was requested is evident.
                let requested = format!("GET {}{path}: ", self.server.url());
                PodLog::unread(request, why.to_string().replacen(&requested, "", 1))
            }
        }
    }
}
