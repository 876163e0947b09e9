//! `kubectl calico`: how Calico is installed in a cluster, how it routes, and what is wrong.

use clap::Parser;

/// How Calico is installed in a cluster, how it routes, and what is wrong.
///
/// This release answers `--version` and `--help`; it reads nothing from a cluster yet.
#[derive(Parser)]
#[command(name = "kubectl-calico", bin_name = "kubectl calico", version)]
struct Cli {}

fn main() {
    Cli::parse();
}
