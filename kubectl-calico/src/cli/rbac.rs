//! `kubectl calico rbac`

use clap::Args;

/// The arguments of `kubectl calico rbac`.
#[derive(Args, Clone, Copy, Debug)]
pub struct RbacArgs {
    /// Also allow what nodes --probe does: to create, watch and delete CalicoNodeStatuses
    #[arg(long)]
    pub probe: bool,

    /// Also allow what status --wait and --watch do: to watch what is read
    #[arg(long)]
    pub watch: bool,
}
