//! `kubectl calico explain`

use clap::Args;

/// The arguments of `kubectl calico explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Code of a finding or a rule, for example CAL201
    #[arg(required_unless_present = "list")]
    pub code: Option<String>,

    /// List all codes
    #[arg(long)]
    pub list: bool,
}
