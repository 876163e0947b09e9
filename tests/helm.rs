//! The filter under real Helm: 3.17, 4.1, 4.2 and 4.3, against a fake API server that records what Helm sends.
//!
//! `scripts/test` fetches the Helms and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

mod support;

mod helm {
    //! One file per thing that a user of Helm meets.

    mod absent;
    mod changed;
    mod forgotten;
    mod from_cluster;
    mod plugin;
    mod refused;
    mod strange_text;
}
