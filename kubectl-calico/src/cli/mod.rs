//! The command line.

mod color;
mod explain;
mod fail_on;
mod help;
mod messages;
mod nodes;
mod plan;
mod pods;
mod rbac;
mod run;
mod selection;
mod source;
mod status;

use std::ffi::OsString;

use clap::{Args, Parser};

pub use color::Color;
pub use explain::{ExplainArgs, SchemaName};
pub use messages::MessageArgs;
pub use nodes::{NodesArgs, NodesFormat};
pub use plan::{PlanArgs, PlanFormat};
pub use pods::PodArgs;
pub use rbac::RbacArgs;
pub use run::RunArgs;
pub use selection::{SelectionArgs, checked};
pub use source::SourceArgs;
pub use status::{StatusArgs, StatusFormat};

#[derive(Parser, Debug)]
#[command(
    name = "kubectl-calico",
    bin_name = "kubectl calico",
    version,
    max_term_width = help::WIDTH,
    about = help::ABOUT,
    before_help = help::examples(help::CALICO),
    help_template = help::TEMPLATE
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
pub enum Subcommand {
    /// Show how Calico is installed, how it routes pod traffic, and what is wrong
    #[command(
        before_help = help::examples(help::STATUS),
        after_help = help::EXIT_CODES,
        help_template = help::TEMPLATE
    )]
    Status(Box<StatusArgs>),
    /// Recommend the CIDR, block size and encapsulation for a cluster
    #[command(
        before_help = help::examples(help::PLAN),
        after_help = help::EXIT_CODES,
        help_template = help::TEMPLATE
    )]
    Plan(Box<PlanArgs>),
    /// List the nodes, with what Calico runs, uses and reports on each of them
    #[command(
        before_help = help::examples(help::NODES),
        after_help = help::NODES_EXIT_CODES,
        help_template = help::TEMPLATE
    )]
    Nodes(Box<NodesArgs>),
    /// Explain a finding or a rule
    #[command(before_help = help::examples(help::EXPLAIN), help_template = help::TEMPLATE)]
    Explain(ExplainArgs),
    /// Print everything that status reads, for use with status -f
    #[command(before_help = help::examples(help::SNAPSHOT), help_template = help::TEMPLATE)]
    Snapshot(Box<SnapshotArgs>),
    /// Print a ClusterRole with the permissions that the other commands need
    #[command(before_help = help::examples(help::RBAC), help_template = help::TEMPLATE)]
    Rbac(RbacArgs),
    /// Print the shell completion script for kubectl
    #[command(before_help = help::examples(help::COMPLETION), help_template = help::TEMPLATE)]
    Completion,
    /// Print the version
    #[command(before_help = help::examples(help::VERSION), help_template = help::TEMPLATE)]
    Version,
    /// Print completions. The script of `completion` runs it.
    #[command(name = "__complete", hide = true)]
    Complete {
        /// The words after `calico`; the last one is to be completed.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Any other command, with its arguments.
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// The arguments of `kubectl calico snapshot`.
#[derive(Args, Debug)]
pub struct SnapshotArgs {
    /// Replace names, addresses and domains, consistently, so that the result can be shared
    #[arg(long)]
    pub redact: bool,

    #[command(flatten)]
    pub messages: MessageArgs,

    #[command(flatten)]
    pub pods: PodArgs,

    #[command(flatten)]
    pub source: SourceArgs,
}

#[cfg(test)]
mod tests {
    use calico_core::pool::Encapsulation;
    use calico_test_support::reference;
    use clap::CommandFactory as _;

    use super::Cli;
    use crate::catalog;

    #[test]
    fn man_pages_and_completions_are_up_to_date() {
        let offers = [
            ("encapsulation", Encapsulation::NAMES.to_vec()),
            ("code", catalog::entries().map(|entry| entry.code).collect()),
        ];
        reference::is_up_to_date(Cli::command(), &offers);
    }
}
