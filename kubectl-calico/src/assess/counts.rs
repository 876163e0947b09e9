//! The numbers of a report.

use serde::Serialize;

use super::finding::{Finding, Severity};
use crate::phrases::counted;

/// The number of findings of each severity, without those that are symptoms of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingCounts {
    /// Findings about something that does not work.
    pub error: usize,
    /// Findings about something that works now, but not on every node or not for much longer.
    pub warning: usize,
    /// Findings for your information.
    pub note: usize,
    /// Findings that are symptoms of others, of whatever severity.
    pub symptom: usize,
}

/// The number of checks by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckCounts {
    /// Checks without a finding.
    pub passed: usize,
    /// Checks with at least one finding in `findings`, of any severity.
    pub failed: usize,
    /// Other checks with a finding that is ignored.
    pub ignored: usize,
    /// Other checks with a finding that the report was compared with: it is not new, or less severe.
    pub unchanged: usize,
    /// Checks that could not run, because something that they need could not be read: `notRead` has
    /// their codes.
    pub skipped: usize,
    /// Checks that do not apply to a proposal: `notApplicable` has their codes.
    pub not_applicable: usize,
}

impl FindingCounts {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let count = |severity| {
            let causes = findings.iter().filter(|found| found.symptom_of.is_none());
            causes.filter(|found| found.severity == severity).count()
        };
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            note: count(Severity::Note),
            symptom: findings
                .iter()
                .filter(|found| found.symptom_of.is_some())
                .count(),
        }
    }
}

impl FindingCounts {
    /// The counts in words, without those that are zero: `2 errors`, `1 warning`.
    pub fn words(&self) -> Vec<String> {
        let counts = [
            (self.error, Severity::Error.word()),
            (self.warning, Severity::Warning.word()),
            (self.note, Severity::Note.word()),
        ];
        counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| counted(count, word))
            .collect()
    }
}
