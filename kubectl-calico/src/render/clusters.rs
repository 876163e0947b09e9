//! Several clusters as a table, and then what to fix in each.

use calico_core::text::printable;

use super::Look;
use super::changes::needless;
use super::status::{Detail, named_text};
use super::summary_table::{HEADINGS, row};
use super::table::table;
use crate::assess::changes::Changes;
use crate::assess::finding::Severity;
use crate::assess::report::Report;
use crate::clusters::ReportList;

/// How much is printed below the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterDetail {
    /// Nothing.
    Table,
    /// The findings of each cluster that has any, in a line each.
    Findings,
    /// The whole report of each of these clusters.
    Reports,
}

/// A row for each cluster, and the details of those that have findings or could not be read.
pub fn clusters(list: &ReportList, look: Look, detail: ClusterDetail) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    rows.extend(list.clusters.iter().map(row));
    let mut page: String = table(&rows)
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    if detail == ClusterDetail::Table {
        return page;
    }
    let parts = Detail {
        short: detail == ClusterDetail::Findings,
        sources: false,
        skipped: false,
    };
    for cluster in &list.clusters {
        match (&cluster.report, &cluster.error) {
            (Some(report), _) if is_shown(report) => {
                page.push('\n');
                page.push_str(&named_text(report, Some(&cluster.name), look, parts));
            }
            (_, Some(error)) => {
                let (name, error) = (printable(&cluster.name), printable(error));
                page.push_str(&format!("\n? {name}: {error}\n"));
            }
            _ => {}
        }
    }
    page
}

/// Whether there is something to fix, something was not checked, or something has changed or is no longer
/// ignored.
pub(super) fn is_shown(report: &Report) -> bool {
    let worst = report.worst();
    worst.is_some_and(|worst| worst > Severity::Note)
        || !report.is_complete()
        || report.changes.as_ref().is_some_and(Changes::has_other)
        || !needless(&report.ignores).is_empty()
}
