//! The reports of several clusters in one document.

pub mod cluster_summary;

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use crate::assess::report::Report;
use crate::document::Head;
use crate::snapshot::Origin;

/// `kind` of the document.
const KIND: &str = "StatusReportList";

/// What `kubectl calico status` reports about several clusters.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "StatusReportList"))]
#[serde(rename_all = "camelCase")]
pub struct ReportList {
    /// The first fields of the document.
    #[serde(flatten)]
    pub head: Head,
    /// The clusters, in the order in which they were given.
    pub clusters: Vec<ClusterReport>,
}

/// One cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClusterReport {
    /// The kubeconfig's context, or the path of the snapshot.
    pub name: String,
    /// The report; absent if the cluster could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Why the cluster could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ReportList {
    /// A list that is written at `now`.
    pub fn new(clusters: Vec<ClusterReport>, now: Timestamp) -> Self {
        Self {
            head: Head::new(KIND, &Origin::default(), now),
            clusters,
        }
    }
}

impl ClusterReport {
    /// The outcome of reading a cluster.
    pub fn new(name: String, outcome: Result<Report, String>) -> Self {
        let (report, error) = match outcome {
            Ok(report) => (Some(report), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            name,
            report,
            error,
        }
    }
}
