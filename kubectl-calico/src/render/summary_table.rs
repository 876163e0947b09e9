//! The columns of several clusters.

use crate::clusters::ClusterReport;
use crate::clusters::cluster_summary::ClusterSummary;

pub(super) const HEADINGS: [&str; 8] = [
    "CLUSTER",
    "STATE",
    "CALICO",
    "ENCAPSULATION",
    "POOLS",
    "NODES",
    "TYPHA",
    "WORST",
];

/// A cluster in a row.
pub(super) fn row(cluster: &ClusterReport) -> Vec<String> {
    let Some(report) = &cluster.report else {
        let unknown = std::iter::repeat_n("<unknown>".to_owned(), HEADINGS.len() - 2);
        return [cluster.name.clone(), "not read".to_owned()]
            .into_iter()
            .chain(unknown)
            .collect();
    };
    let summary = ClusterSummary::of(report);
    vec![
        cluster.name.clone(),
        summary.state,
        summary.version,
        summary.modes,
        summary.pools,
        summary.nodes,
        summary.typha,
        summary.worst,
    ]
}
