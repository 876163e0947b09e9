//! What the whole-program tests share, one subject per file.

pub(crate) mod charts;
pub(crate) mod documents;
pub(crate) mod fake_api;
pub(crate) mod fetched;
pub(crate) mod outcome;
pub(crate) mod plans;
pub(crate) mod sandbox;
pub(crate) mod tools;

/// Where the API serves the Installation.
pub(crate) const INSTALLATION: &str = "/apis/operator.tigera.io/v1/installations/default";
