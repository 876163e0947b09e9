//! Tests with a real API server: `kubectl-calico` connected to it, journeys of a user with both programs, and tests of
//! the server itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

mod api_server;
mod guides;
mod journey;
mod live;
mod manifest_install;
mod needs;
mod operator;
mod oracle;
mod remedies;
mod terminal;
mod test_cluster;
