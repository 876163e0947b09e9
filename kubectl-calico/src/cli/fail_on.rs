//! `--fail-on`

use clap::ValueEnum;

use crate::assess::finding::Severity;

/// The lowest severity of a finding that makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// No finding
    Never,
}

impl FailOn {
    /// Whether a finding of that severity makes the exit code 1.
    pub fn counts(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Never => false,
        }
    }
}
