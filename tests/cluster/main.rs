//! Tests with a real API server, and of that server: `kubectl-calico` against it, and whole journeys of a user.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

mod api_server;
mod journey;
mod live;
mod needs;
mod test_cluster;
