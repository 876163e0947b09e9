//! What every JSON document of this program begins with.

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use crate::snapshot::Origin;

/// The `apiVersion` of every document. Within one version, a field is never removed, and its meaning
/// never changes.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// The first fields of a document.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The version of the document's format.
    pub api_version: &'static str,
    /// What the document is: StatusReport, StatusReportList, Plan or NodeList.
    pub kind: &'static str,
    /// The version of kubectl-calico that wrote the document.
    pub tool_version: &'static str,
    /// When the document was written, as RFC 3339 in UTC.
    pub time: String,
    /// The cluster's name: its name in the kubeconfig, or else the host of its API server, or the name
    /// of the file that it was read from. Absent if it was read from standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Whether names and addresses were replaced, with --redact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

impl Head {
    /// The head of a document about the cluster of `origin`, written at `now`.
    pub fn new(kind: &'static str, origin: &Origin, now: Timestamp) -> Self {
        // Fractions of a second say nothing about a cluster.
        let seconds = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self {
            api_version: API_VERSION,
            kind,
            tool_version: env!("CARGO_PKG_VERSION"),
            time: seconds.to_string(),
            cluster: origin.cluster.clone(),
            redacted: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_rfc_3339_without_fractions() {
        let now = "2026-01-02T03:04:05.678901234+01:00".parse().unwrap();
        let head = Head::new("Plan", &Origin::default(), now);
        assert_eq!(head.time, "2026-01-02T02:04:05Z");
        assert_eq!(head.cluster, None);
    }
}
