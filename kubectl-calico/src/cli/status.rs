//! `kubectl calico status`

use clap::{Args, ValueEnum};

use super::messages::MessageArgs;
use super::run::RunArgs;

/// The arguments of `kubectl calico status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Output format: text; short, the verdict and the findings in a line each; wide, also where the
    /// facts were read; connectivity, what to run if pods on other nodes do not answer; json or yaml
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = StatusFormat::Text,
        hide_possible_values = true)]
    pub output: StatusFormat,

    #[command(flatten)]
    pub messages: MessageArgs,

    #[command(flatten)]
    pub run: RunArgs,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// Human-readable report
    Text,
    /// The verdict, and the findings in a line each
    Short,
    /// The report with the sources of the facts
    Wide,
    /// What to run if pods on other nodes do not answer
    Connectivity,
    /// Machine-readable report
    Json,
    /// The same as YAML
    Yaml,
}
