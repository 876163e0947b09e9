//! The schema of the Installation's CRD, by operator version, and how the API server treats an
//! Installation under it.

mod fault;
mod format;
mod node;
mod spec;

pub(crate) use fault::{Fault, Problem, faults, has};
