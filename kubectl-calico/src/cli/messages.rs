//! The flag that turns off what is read only if something is wrong.

use clap::Args;

/// Whether to read what pods say.
#[derive(Args, Clone, Copy, Debug)]
pub struct MessageArgs {
    /// Do not read logs and events; by default, the last lines of up to 6 failing Calico containers
    /// are read, and the events of up to 6 failing pods
    #[arg(long)]
    pub no_logs: bool,
}
