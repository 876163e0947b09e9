//! The requests that the server received, from its audit log.

use serde_json::Value;

use super::Cluster;

/// A request that the server received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// The authenticated user, also if it impersonates another one.
    pub(crate) user: String,
    /// The `User-Agent`, which distinguishes the plugin from the tests' own kubectl.
    pub(crate) agent: String,
    /// `get`, `list`, `watch`, `create`, …
    pub(crate) verb: String,
    pub(crate) uri: String,
}

impl Cluster {
    /// The requests that the server has received, except its own. A request is logged before the response.
    pub(crate) fn received(&self) -> Vec<Received> {
        let log = std::fs::read(&self.audit).expect("a readable audit log");
        // The last line may be incomplete.
        log.split_inclusive(|byte| *byte == b'\n')
            .filter(|line| line.ends_with(b"\n"))
            .map(|line| {
                let event: Value = serde_json::from_slice(line).expect("an event as JSON");
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Received {
                    user: text(&event["user"]["username"]),
                    agent: text(&event["userAgent"]),
                    verb: text(&event["verb"]),
                    uri: text(&event["requestURI"]),
                }
            })
            .collect()
    }
}
