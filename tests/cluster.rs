//! The test cluster itself: that the API server of the other tests is a real one, and comes and goes as it should.

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
    pub(crate) mod fetched;
    pub(crate) mod needs;
    pub(crate) mod outcome;
}

mod cluster {
    //! One file per side of it.
    mod crds;
    mod launcher;
    mod server;
}
