//! `--from-cluster`, with a stand-in for the program that reads the cluster: its answers, and every way in which it
//! can fail to give one.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

#[path = "support/filter.rs"]
mod filter;
#[path = "support/plans.rs"]
mod plans;

mod from_cluster {
    //! One file per subject.

    mod answers;
    mod bounds;
    mod failures;
    mod stand_in;
    mod target;
}
