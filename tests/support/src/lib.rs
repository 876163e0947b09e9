//! What the tests of both programs share.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code"
)]

pub mod cases;
pub mod charts;
pub mod clusters;
pub mod documents;
pub mod filter;
pub mod helm;
pub mod http;
pub mod outcome;
pub mod process;
pub mod reference;
pub mod snapshot;
pub mod tools;

use std::path::Path;

/// The repository's top folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate is in tests/support")
}
