//! What is ignored in a report.

use k8s_openapi::jiff::civil::Date;

use super::conclude;
use super::finding::Finding;
use super::ignores::{Ignore, Ignores};
use super::report::Report;

/// What to ignore on a day.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What to ignore, until it expires.
    pub ignores: Vec<Ignore>,
    /// The day.
    pub today: Date,
}

impl Accepted {
    /// Ignores the findings of a report, which then count neither in its numbers nor for its state.
    pub fn apply(&self, report: &mut Report) {
        if self.ignores.is_empty() {
            return;
        }
        let unchecked = report.unchecked();
        let ignores = self.ignores.clone();
        let (ignores, counts) = Ignores::of(&report.findings, &unchecked, ignores, self.today);
        report.ignores = ignores;
        report.keep(counts);
        report.recount_checks();
        conclude(report);
    }

    /// The findings of a report that are not ignored.
    pub(super) fn rest<'r>(&self, report: &'r Report) -> Vec<&'r Finding> {
        let ignores = self.ignores.clone();
        let (_, counts) = Ignores::of(&report.findings, &report.unchecked(), ignores, self.today);
        let findings = report.findings.iter().zip(counts);
        findings
            .filter(|(_, counts)| *counts)
            .map(|(finding, _)| finding)
            .collect()
    }
}
