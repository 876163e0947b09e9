//! The schema of the Installation's CRD, by operator version, and what the API server makes of an
//! Installation under it.

mod fault;
mod node;
mod spec;

pub(crate) use fault::{Fault, Problem, faults, has};
