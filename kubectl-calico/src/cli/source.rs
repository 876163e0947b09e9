//! The flags that choose where a cluster is read from.

use std::path::PathBuf;

use clap::Args;

use crate::connect::ConnectionFlags;

/// Where a cluster is read from: its API server, or files.
#[derive(Args, Debug)]
pub struct SourceArgs {
    /// Read manifests or a snapshot instead of a cluster: a file, a directory (its .yaml, .yml and
    /// .json files), or - for standard input; can be repeated
    #[arg(short, long, value_name = "FILE")]
    pub filename: Vec<PathBuf>,

    /// Log each API request, with its size and duration, to standard error
    #[arg(short, long)]
    pub verbose: bool,

    /// Accepted as in every kubectl command, and ignored: Calico's configuration is cluster-wide.
    #[arg(short, long, value_name = "NAMESPACE", hide = true)]
    pub namespace: Option<String>,

    /// Likewise.
    #[arg(short = 'A', long, hide = true)]
    pub all_namespaces: bool,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
