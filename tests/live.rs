//! `kubectl calico` against a real API server.

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
    pub(crate) mod cluster;
    pub(crate) mod clusters;
    pub(crate) mod fetched;
    pub(crate) mod needs;
    pub(crate) mod outcome;
    pub(crate) mod status_cases;
    pub(crate) mod wire;
}

mod live {
    //! One file for each thing that only a real server shows.
    mod between;
    mod cases;
    mod faults;
    mod load;
    mod permissions;
    mod plugin;
}
