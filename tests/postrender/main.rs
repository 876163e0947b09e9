//! Tests of `helm-postrender`, which run the program as a user or Helm does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

mod cases;
mod command;
mod filter;
#[cfg(unix)]
mod from_cluster;
mod go_readers;
mod helm;
mod invariants;
mod kubectl;
mod oracle;
mod plans;
mod properties;
mod report;
mod rules;
mod streams;
