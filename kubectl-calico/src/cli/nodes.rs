//! `kubectl calico nodes`

use clap::{Args, ValueEnum};

use super::source::SourceArgs;
use crate::nodes::label_selector::LabelSelector;
use crate::nodes::sort_key::SortKey;

/// The arguments of `kubectl calico nodes`.
#[derive(Args, Debug)]
pub struct NodesArgs {
    /// Names of nodes [default: all nodes]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// List only nodes with these labels: KEY=VALUE, KEY!=VALUE, 'KEY in (A,B)', KEY, !KEY, 'KEY>5'; separated
    /// by commas
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<LabelSelector>,

    /// Sort by a column, such as RESTARTS, or by a field of the nodes in the JSON output, such as
    /// .calicoNode.value.restarts
    #[arg(long, value_name = "COLUMN")]
    pub sort_by: Option<SortKey>,

    /// Output format: wide (more columns); json; yaml; name (one name per line)
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub output: Option<NodesFormat>,

    /// Have calico-node on each of the nodes report its BGP sessions: creates CalicoNodeStatuses,
    /// and deletes them again; needs the permissions that rbac --probe prints
    #[arg(long, conflicts_with = "filename")]
    pub probe: bool,

    /// Replace names, addresses and domains, consistently, so that the result can be shared
    #[arg(long)]
    pub redact: bool,

    /// Print only the rows of the table
    #[arg(long)]
    pub no_headers: bool,

    #[command(flatten)]
    pub source: SourceArgs,
}

/// The format of a list of nodes; without one, a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NodesFormat {
    /// The table with more columns
    Wide,
    /// Machine-readable list
    Json,
    /// The same as YAML
    Yaml,
    /// The names of the nodes
    Name,
}
