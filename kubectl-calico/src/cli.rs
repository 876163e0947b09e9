//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use calico_core::cidr::Cidr;
use calico_core::operator::OperatorVersion;
use calico_core::per_family::{Encapsulations, PerFamily, block_sizes, cidrs, encapsulations};
use calico_core::pool::BlockSize;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::assess::finding::Severity;
use crate::connect::Flags;
use crate::plan::request::PlanRequest;

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
    /// Says which CIDR, block size and encapsulation a cluster needs, and why
    #[command(after_help = EXIT_CODES)]
    Plan(Box<Plan>),
    /// Says what the code of a finding means
    Explain(Explain),
    /// Prints what status reads, for status -f on another machine or another day
    Snapshot(Box<Snapshot>),
    /// Prints the ClusterRole that reading everything takes
    Rbac,
    /// Prints the script by which kubectl completes words behind calico: to be saved as
    /// kubectl_complete-calico on PATH, and made executable
    Completion,
    /// What that script asks for.
    #[command(name = "__complete", hide = true)]
    Complete {
        /// The words behind `calico`, the last one to be completed.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
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

/// `kubectl calico plan`
#[derive(Args, Debug)]
pub struct Plan {
    /// How many nodes there will be; as many as there are, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub nodes: Option<u32>,

    /// How many pods a node will run; the most that a kubelet takes, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub pods_per_node: Option<u32>,

    /// Fixes the pools' CIDRs, one for each address family: 172.16.0.0/16,fd00:10::/56
    #[arg(long, value_name = "CIDR[,CIDR]", value_parser = cidrs)]
    pub cidr: Option<PerFamily<Cidr>>,

    /// Fixes the pools' block sizes: 20 to 32 for IPv4, 116 to 128 for IPv6
    #[arg(long, value_name = "N[,N]", value_parser = block_sizes)]
    pub block_size: Option<PerFamily<BlockSize>>,

    /// Fixes the encapsulation, for the families that --cidr or --block-size names, or else for
    /// every pool; per family: IPIP,v6=VXLAN
    #[arg(long, value_name = "NAME", value_parser = encapsulations)]
    pub encapsulation: Option<Encapsulations>,

    /// Plans for this operator instead of the one that is there, or the newest
    #[arg(long, value_name = "VERSION")]
    pub operator_version: Option<OperatorVersion>,

    /// The format of the plan
    #[arg(short, long, value_enum, default_value_t = PlanFormat::Text)]
    pub output: PlanFormat,

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

impl Plan {
    /// What is asked for.
    pub fn asked(&self) -> PlanRequest {
        let files = self.source.filename.iter();
        PlanRequest {
            nodes: self.nodes,
            pods_per_node: self.pods_per_node,
            cidr: self.cidr.unwrap_or_default(),
            block_size: self.block_size.unwrap_or_default(),
            encapsulation: self.encapsulation.unwrap_or_default(),
            operator: self.operator_version,
            files: files
                .map(|file| file.to_string_lossy().into_owned())
                .collect(),
        }
    }
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

/// The format of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For a person
    Text,
    /// Arguments of helm install and helm upgrade, for Helm 3 and 4 alike
    Flags,
    /// A values file for the tigera-operator chart
    Values,
    /// The Installation and the API server, for kubectl
    Installation,
    /// What helm-postrender --config reads
    Config,
    /// For a program; docs/plan.schema.json is its schema
    Json,
}

impl PlanFormat {
    /// Whether somebody would apply it as it is, so that half a plan must not be written.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Flags | Self::Values | Self::Installation)
    }

    /// What stands in place of a plan that is not given. A shell does not look at the exit code of
    /// what is in `$(…)`, and Helm would take no flags and no values for the operator's defaults.
    pub fn instead_of_a_plan(self) -> &'static str {
        match self {
            Self::Flags => "--kubectl-calico-plan-was-refused\n",
            Self::Values => "\"kubectl calico plan was refused, and said why\"\n",
            Self::Text | Self::Installation | Self::Config | Self::Json => "",
        }
    }
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
