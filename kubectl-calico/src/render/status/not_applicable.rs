//! The checks that do not apply to a proposal: of what runs, and for want of objects that can be added.

use std::collections::BTreeSet;

use crate::assess::report::Report;
use crate::phrases::counted;
use crate::render::page::{BOLD, Page};

/// A line for each kind of reason. The codes are for those who ask for details.
pub(super) fn not_applicable(page: &mut Page, report: &Report, codes: bool) {
    page.line("Not applicable", BOLD);
    let (missing, running): (Vec<_>, Vec<_>) = report
        .not_applicable
        .iter()
        .partition(|row| row.object.is_some());
    let running: BTreeSet<&str> = running
        .iter()
        .flat_map(|row| row.codes.iter().copied())
        .collect();
    page.entry(
        &[],
        &format!(
            "{} of what runs in a cluster",
            counted(running.len(), "check")
        ),
    );
    let lacking: BTreeSet<&str> = missing
        .iter()
        .flat_map(|row| row.codes.iter().copied())
        .collect();
    if !lacking.is_empty() {
        let objects = missing.iter().filter_map(|row| row.object.as_ref());
        let objects: Vec<String> = objects.map(ToString::to_string).collect();
        page.entry(
            &[],
            &format!(
                "{} that {} {}: to check the proposal against a cluster, add its objects with -f",
                counted(lacking.len(), "check"),
                if lacking.len() == 1 { "needs" } else { "need" },
                objects.join(", ")
            ),
        );
    }
    if codes {
        let all: Vec<&str> = running.union(&lacking).copied().collect();
        page.entry(&[], &format!("Codes: {}", all.join(", ")));
    }
}
