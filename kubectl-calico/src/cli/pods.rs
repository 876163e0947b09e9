//! The flag that compares IPAM with all pods.

use clap::Args;

/// Whether to compare the addresses in IPAM with all pods.
#[derive(Args, Clone, Copy, Debug)]
pub struct PodArgs {
    /// Also read the metadata of all pods, to find addresses that no pod has anymore; a snapshot keeps
    /// only these
    #[arg(long, conflicts_with = "filename")]
    pub pods: bool,
}
