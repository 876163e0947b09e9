//! What of the whole-program tests' support is used here.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "every test program uses its own part of it"
)]

#[path = "../support/documents.rs"]
pub(crate) mod documents;
#[path = "../support/fetched.rs"]
pub(crate) mod fetched;
#[path = "../support/tools.rs"]
pub(crate) mod tools;
