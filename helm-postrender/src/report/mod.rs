//! What a run did, for people (stderr, a diff) and for programs (`--report`).

pub(crate) mod diff;
pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod summary;
