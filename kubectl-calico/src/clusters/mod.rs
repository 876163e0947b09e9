//! The reports of several clusters in one document.

pub mod cluster_summary;
pub mod names;

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use crate::assess::report::Report;
use crate::document::Head;
use crate::snapshot::Origin;

/// `kind` of the document.
pub const KIND: &str = "StatusReportList";

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
    /// The kubeconfig's context, or the name of the snapshot's file, with its folders if several files have that
    /// name; with --redact, a number.
    pub name: String,
    /// The report; absent if the cluster could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Why the cluster could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A report and what it is called, or why there is none: a row of a format that takes one or several.
#[derive(Clone, Copy, Debug)]
pub struct NamedReport<'a> {
    /// What distinguishes the cluster from others; empty if one cluster has no name.
    pub name: &'a str,
    /// The report, or why the cluster could not be read.
    pub outcome: Result<&'a Report, &'a str>,
}

impl<'a> NamedReport<'a> {
    /// The report of the only cluster.
    pub fn only(report: &'a Report) -> Self {
        Self {
            name: report.head.cluster.as_deref().unwrap_or_default(),
            outcome: Ok(report),
        }
    }
}

impl ReportList {
    /// Every cluster.
    pub fn named(&self) -> Vec<NamedReport<'_>> {
        let clusters = self.clusters.iter();
        clusters.map(ClusterReport::named).collect()
    }

    /// A list that is written at `now`.
    pub fn new(mut clusters: Vec<ClusterReport>, now: Timestamp) -> Self {
        keep_unused(&mut clusters);
        Self {
            head: Head::new(KIND, &Origin::default(), now),
            clusters,
        }
    }
}

/// An ignore is for all clusters: it is unused if it matches nothing in any of them.
fn keep_unused(clusters: &mut [ClusterReport]) {
    let reports = || clusters.iter().map(|cluster| cluster.report.as_ref());
    // By their numbers: with --redact, each cluster has other names.
    let numbers = |report: &Report| {
        let unused = report.ignores.unused.iter();
        unused.map(|ignore| ignore.number).collect()
    };
    let unused: Vec<BTreeSet<usize>> = reports()
        .map(|report| report.map(numbers).unwrap_or_default())
        .collect();
    for report in clusters.iter_mut().filter_map(|it| it.report.as_mut()) {
        report
            .ignores
            .unused
            .retain(|ignore| unused.iter().all(|unused| unused.contains(&ignore.number)));
    }
}

impl ClusterReport {
    fn named(&self) -> NamedReport<'_> {
        NamedReport {
            name: &self.name,
            outcome: match &self.report {
                Some(report) => Ok(report),
                None => Err(self.error.as_deref().unwrap_or_default()),
            },
        }
    }

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
