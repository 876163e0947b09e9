//! The flags that choose where a cluster is read from.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::connect::ConnectionFlags;
use crate::duration::duration;

/// The time limit of a run without `--timeout`: reading a cluster of 5,000 nodes takes seconds.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// Where a cluster is read from: its API server, or files.
#[derive(Args, Clone, Debug)]
pub struct SourceArgs {
    /// Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a
    /// file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated
    #[arg(short, long, value_name = "FILE")]
    pub filename: Vec<PathBuf>,

    /// Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a
    /// number of seconds; 0 means no limit [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,

    /// Log each API request, with its size and duration, to standard error; and list the codes of
    /// skipped checks
    #[arg(short, long)]
    pub verbose: bool,

    /// Accepted as in every kubectl command, but ignored: Calico's configuration is cluster-wide.
    #[arg(short, long, value_name = "NAMESPACE", hide = true)]
    pub namespace: Option<String>,

    /// Accepted and ignored, like `--namespace`.
    #[arg(short = 'A', long, hide = true)]
    pub all_namespaces: bool,

    /// Whether other clusters are read at the same time, so that progress is not shown.
    #[arg(skip)]
    pub is_quiet: bool,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

impl SourceArgs {
    /// The time limit of the run; `None` for no limit.
    pub fn time_limit(&self) -> Option<Duration> {
        let limit = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        (!limit.is_zero()).then_some(limit)
    }
}
