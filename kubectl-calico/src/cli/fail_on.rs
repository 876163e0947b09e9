//! `--fail-on`

use clap::ValueEnum;

use crate::assess::finding::Severity;

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// No finding
    Never,
    /// Calico is not installed
    NotInstalled,
}

impl FailOn {
    /// Whether a finding of that severity makes the exit code 1. Of several values, the last one that is
    /// about findings counts; without one, errors do.
    pub fn counts(given: &[Self], severity: Severity) -> bool {
        let about_findings = given
            .iter()
            .rev()
            .find(|value| **value != Self::NotInstalled);
        match about_findings {
            Some(Self::Warning) => severity >= Severity::Warning,
            Some(Self::Never) => false,
            Some(Self::Error | Self::NotInstalled) | None => severity >= Severity::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_installed_adds_to_the_findings_that_count() {
        use FailOn::{Error, Never, NotInstalled, Warning};
        for (given, [error, warning]) in [
            (&[Error][..], [true, false]),
            (&[Warning], [true, true]),
            (&[Never], [false, false]),
            (&[NotInstalled], [true, false]),
            (&[Warning, NotInstalled], [true, true]),
            (&[NotInstalled, Never], [false, false]),
        ] {
            assert_eq!(FailOn::counts(given, Severity::Error), error, "{given:?}");
            assert_eq!(
                FailOn::counts(given, Severity::Warning),
                warning,
                "{given:?}"
            );
            assert!(!FailOn::counts(given, Severity::Note), "{given:?}");
        }
    }
}
