//! The flags of every command that judges a cluster.

use clap::Args;

use super::color::Color;
use super::fail_on::FailOn;
use super::source::SourceArgs;
use crate::assess::finding::Severity;

/// What a cluster is read from, and how the result is shown and judged.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Exit with 1 on findings of this severity or higher: error, warning or never; with
    /// not-installed, also if Calico is not installed: warning,not-installed
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        value_delimiter = ',',
        default_value = "error",
        hide_possible_values = true
    )]
    pub fail_on: Vec<FailOn>,

    /// When to use colors: auto, always or never; auto honors NO_COLOR
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto,
        hide_possible_values = true)]
    pub color: Color,

    #[command(flatten)]
    pub source: SourceArgs,
}

impl RunArgs {
    /// Whether a finding of that severity makes the exit code 1.
    pub fn fails_on(&self, severity: Severity) -> bool {
        FailOn::counts(&self.fail_on, severity)
    }

    /// Whether it makes the exit code 1 that Calico is not installed.
    pub fn fails_if_not_installed(&self) -> bool {
        self.fail_on.contains(&FailOn::NotInstalled)
    }
}
