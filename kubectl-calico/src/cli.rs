//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::assess::finding::Severity;
use crate::connect::Flags;

const EXIT_CODES: &str = "\
Exit codes, the same for every format:
  0   nothing at or above --fail-on, and all was judged
  1   findings at or above --fail-on
  2   not enough could be read to judge all
  64  wrong usage
";

/// How Calico is installed in a cluster, how it routes, and what is wrong.
///
/// Only reads: GET and LIST, never a Secret.
#[derive(Parser, Debug)]
#[command(
    name = "kubectl-calico",
    bin_name = "kubectl calico",
    version,
    term_width = 80
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Says how Calico is installed, how it routes, and what is wrong
    #[command(after_help = EXIT_CODES)]
    Status(Box<Status>),
    /// Says what the code of a finding means
    Explain(Explain),
    /// Prints what status reads, for status -f on another machine or another day
    Snapshot(Box<Snapshot>),
    /// Prints the ClusterRole that reading everything takes
    Rbac,
    /// Anything else is handed to calicoctl, whose plugin name this was.
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// Where a cluster is read: from its API server, or from files.
#[derive(Args, Debug)]
pub struct Source {
    /// Reads manifests or a snapshot instead of a cluster; a folder stands for the .yaml, .yml and
    /// .json files in it, - for standard input
    #[arg(short, long, value_name = "FILE")]
    pub filename: Vec<PathBuf>,

    /// Lists each request, with its size and time, on standard error
    #[arg(short, long)]
    pub verbose: bool,

    /// How to reach the cluster.
    #[command(flatten)]
    pub connection: Flags,
}

/// `kubectl calico snapshot`
#[derive(Args, Debug)]
pub struct Snapshot {
    /// Where the cluster is read.
    #[command(flatten)]
    pub source: Source,
}

/// `kubectl calico status`
#[derive(Args, Debug)]
pub struct Status {
    /// The format of the report
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,

    /// From which severity on findings give exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,

    /// When to use colour; NO_COLOR turns auto off
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    pub color: Colour,

    /// Where the cluster is read.
    #[command(flatten)]
    pub source: Source,
}

/// `kubectl calico explain`
#[derive(Args, Debug)]
pub struct Explain {
    /// As CAL201
    #[arg(required_unless_present = "list")]
    pub code: Option<String>,

    /// Lists all codes
    #[arg(long)]
    pub list: bool,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Text,
    /// For a program; docs/status-report.schema.json is its schema
    Json,
}

/// From which severity on findings count for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// From errors on
    Error,
    /// From warnings on
    Warning,
    /// Never
    Never,
}

impl FailOn {
    /// Whether a finding that bad counts.
    pub fn counts(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Never => false,
        }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
