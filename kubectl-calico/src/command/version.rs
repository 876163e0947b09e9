//! `kubectl calico version`

use super::output;
use crate::exit::Exit;

/// Prints the version, as `--version` does.
pub(super) fn run() -> Exit {
    output::print(
        concat!("kubectl-calico ", env!("CARGO_PKG_VERSION"), "\n"),
        Exit::Success,
    )
}
