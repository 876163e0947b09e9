//! Whole journeys of a person, typed into a shell: real Helm, real kubectl, real krew, and behind them a real API
//! server. Each writes down what was typed and what came out; `scripts/journey` shows it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

#[path = "support"]
mod support {
    //! What this program uses of `tests/support`.
    pub(crate) mod charts;
    pub(crate) mod cluster;
    pub(crate) mod clusters;
    pub(crate) mod fetched;
    pub(crate) mod needs;
    pub(crate) mod outcome;
    pub(crate) mod tools;
}

mod journey {
    //! One file for each stretch of a way, and one for each thing that it takes.
    mod calico;
    mod calicoctl;
    mod conflict;
    mod downloads;
    mod filter;
    mod from_cluster;
    mod install;
    mod krew;
    mod krew_tools;
    mod operator;
    mod pools;
    mod terminal;
    mod uninstall;
    mod upgrade;
}
