//! Tests of `kubectl-calico`: on clusters from files, and how it connects to a server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

mod action;
mod command;
mod connect;
mod destination;
mod files;
mod mistakes;
mod nodes;
mod paste;
mod permissions;
mod plan;
mod run;
mod same_steps;
mod snapshot;
mod status;
