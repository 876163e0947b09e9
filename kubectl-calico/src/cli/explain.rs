//! `kubectl calico explain`

use clap::{Args, ValueEnum};

/// The arguments of `kubectl calico explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Code of a finding, or name of a rule, for example CAL201; or connectivity, for what to run if
    /// pods on other nodes do not answer
    #[arg(required_unless_present_any = ["list", "schema"])]
    pub code: Option<String>,

    /// List all codes
    #[arg(long, conflicts_with_all = ["code", "schema"])]
    pub list: bool,

    /// Print the JSON schema of a command's JSON output: status, clusters (status on several),
    /// plan or nodes
    #[arg(
        long,
        value_enum,
        value_name = "COMMAND",
        conflicts_with = "code",
        hide_possible_values = true
    )]
    pub schema: Option<SchemaName>,
}

/// A command whose JSON output has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// kubectl calico status -o json
    Status,
    /// kubectl calico status -o json, on several clusters
    Clusters,
    /// kubectl calico plan -o json
    Plan,
    /// kubectl calico nodes -o json
    Nodes,
}
