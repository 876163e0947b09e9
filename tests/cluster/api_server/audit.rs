//! The requests that the server received, from its audit log.

use serde_json::Value;

use super::Cluster;

/// A request that the server received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Who signed in, even if then to act for somebody else.
    pub(crate) user: String,
    /// The `User-Agent`, which tells the program under test from the kubectl of the tests.
    pub(crate) agent: String,
    /// `get`, `list`, `watch`, `create`, …
    pub(crate) verb: String,
    pub(crate) uri: String,
}

impl Cluster {
    /// What the server received until now, but for its own requests to itself. A request is in it before it is answered.
    pub(crate) fn received(&self) -> Vec<Received> {
        let log = std::fs::read(&self.audit).expect("a readable audit log");
        // A line without its end is still being written.
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
