//! `kubectl calico status`

use clap::{Args, ValueEnum};

use super::color::Color;
use super::fail_on::FailOn;
use super::source::SourceArgs;

/// The arguments of `kubectl calico status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Output format: text or json
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = StatusFormat::Text,
        hide_possible_values = true)]
    pub output: StatusFormat,

    /// Lowest severity that makes the exit code 1: error, warning or never
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error,
        hide_possible_values = true)]
    pub fail_on: FailOn,

    /// When to use colors: auto, always or never; auto honors NO_COLOR
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto,
        hide_possible_values = true)]
    pub color: Color,

    #[command(flatten)]
    pub source: SourceArgs,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// Human-readable report
    Text,
    /// Machine-readable report
    Json,
}
