//! `kubectl calico status`

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::messages::MessageArgs;
use super::pods::PodArgs;
use super::run::RunArgs;
use super::selection::SelectionArgs;
use crate::duration::duration;
use crate::snapshot::{Basis, BasisKind};

/// The arguments of `kubectl calico status`.
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    /// Output format: text; short (the verdict and the findings, one line each); wide (also where
    /// the facts were read); connectivity (what to run if pods on other nodes do not answer); json;
    /// yaml; markdown (for an issue); html (one file, for a ticket); prometheus (metrics in the
    /// text format); junit or sarif (for CI)
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = StatusFormat::Text,
        hide_possible_values = true)]
    pub output: StatusFormat,

    /// What the files given with -f describe: cluster; proposal (manifests that have yet to be
    /// applied); or auto, which decides by fields that only a server sets, such as uid or status
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = FilesAre::Auto,
        hide_possible_values = true)]
    pub files_are: FilesAre,

    /// Report on the clusters of these kubeconfig contexts, separated by commas: one row each, then
    /// the findings of those that have any
    #[arg(long, value_name = "NAME", value_delimiter = ',',
        conflicts_with_all = ["all_contexts", "context", "cluster", "user", "server", "filename", "with"])]
    pub contexts: Vec<String>,

    /// Report on the clusters of all contexts of the kubeconfig, as --contexts does. Several
    /// snapshots given with -f, or a directory of them, are also reported as several clusters
    #[arg(long,
        conflicts_with_all = ["context", "cluster", "user", "server", "filename", "with"])]
    pub all_contexts: bool,

    /// Wait until Calico is installed and available, with no finding at or above --fail-on, or
    /// until this time is up; then print the report [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = duration, num_args = 0..=1, require_equals = true,
        default_missing_value = "5m", conflicts_with_all = ["filename", "contexts", "all_contexts", "watch", "with"])]
    pub wait: Option<Duration>,

    /// Show the verdict and the findings, and show them again whenever they change, until you press
    /// Ctrl-C
    #[arg(long, conflicts_with_all = ["filename", "contexts", "all_contexts", "baseline", "pods", "with"])]
    pub watch: bool,

    #[command(flatten)]
    pub selection: SelectionArgs,

    /// Replace names, addresses and domains, consistently, so that the result can be shared; not with
    /// --with, which shows the files and lines of manifests. --ignore and --baseline take the real names
    #[arg(long, conflicts_with = "with")]
    pub redact: bool,

    #[command(flatten)]
    pub messages: MessageArgs,

    #[command(flatten)]
    pub pods: PodArgs,

    #[command(flatten)]
    pub run: RunArgs,
}

/// What files describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FilesAre {
    /// What their objects show
    Auto,
    /// A cluster
    Cluster,
    /// Manifests that have yet to be applied
    Proposal,
}

impl FilesAre {
    /// What files describe, unless their objects determine it.
    pub fn basis(self) -> Option<Basis> {
        let kind = match self {
            Self::Auto => return None,
            Self::Cluster => BasisKind::Cluster,
            Self::Proposal => BasisKind::Proposal,
        };
        Some(Basis::known(kind, "requested with --files-are"))
    }
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
    /// Report to paste into an issue
    Markdown,
    /// Report as one HTML file
    Html,
    /// Metrics in Prometheus' text format
    Prometheus,
    /// Test results for CI systems
    Junit,
    /// Results for code scanning
    Sarif,
}
