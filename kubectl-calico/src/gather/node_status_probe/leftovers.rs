//! What runs that were killed have left in a cluster.

use k8s_openapi::jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::marks::{created_at, is_of_a_probe, name};
use super::{NodeStatusProbe, ProbeResult};
use crate::connect::RequestError;
use crate::interrupt::Interrupt;

/// The age from which a CalicoNodeStatus of another run is left over: each is removed after [`super::ANSWER`].
pub const LEFT_OVER: i64 = 30;

/// The most CalicoNodeStatuses of a page, and the most pages: those of more nodes than Kubernetes supports.
const PAGE: usize = 500;
const PAGES: usize = 100;

impl NodeStatusProbe<'_> {
    /// Removes what earlier runs have left: those that were killed. `now` is the server's time.
    pub(super) async fn sweep(
        &self,
        now: Timestamp,
        interrupt: &mut Interrupt,
        result: &mut ProbeResult,
    ) {
        let objects = match self.of_probes().await {
            Ok(objects) => objects,
            Err(error) => {
                result.sweep_error = Some(error);
                return;
            }
        };
        let mut old = Vec::new();
        for object in &objects {
            let name = name(object);
            if name.starts_with(&self.run) {
                continue;
            }
            let age = created_at(object).map(|time| now.as_second() - time.as_second());
            if age.is_some_and(|age| age >= LEFT_OVER) {
                old.push(name.to_owned());
            } else {
                result.in_use += 1;
            }
        }
        result.swept = self.remove(old.iter(), interrupt, result).await;
    }

    /// The metadata of the CalicoNodeStatuses that runs of this program have created. With their routes, those of
    /// a large cluster would be larger than any response that is read.
    async fn of_probes(&self) -> Result<Vec<Value>, RequestError> {
        let mut found = Vec::new();
        let mut token = String::new();
        for _ in 0..PAGES {
            let escaped = utf8_percent_encode(&token, NON_ALPHANUMERIC);
            let path = format!("{}?limit={PAGE}&continue={escaped}", self.writer.path());
            let mut list: Value = self.server.get_metadata(&path).await?.json()?;
            let next = list.pointer("/metadata/continue").and_then(Value::as_str);
            token = next.unwrap_or_default().to_owned();
            if let Some(Value::Array(items)) = list.get_mut("items").map(Value::take) {
                found.extend(items.into_iter().filter(is_of_a_probe));
            }
            if token.is_empty() {
                break;
            }
        }
        Ok(found)
    }
}
