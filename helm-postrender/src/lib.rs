//! `helm-postrender`: a filter that sets `cidr`, `blockSize` and `encapsulation` in the
//! Installation of the tigera-operator chart's output and leaves every other byte alone.
//!
//! Data goes one way: [`read`] cuts what came in into documents, [`find`] finds the Installation,
//! [`plan`] decides which fields to set, [`edit`] turns them into bytes to replace and has another
//! parser confirm the result, and [`judge`] applies the rules of `calico_core`. All of that is
//! [`filter()`], a pure function; [`run()`] does the reading and writing around it.

mod cli;
mod cluster;
mod edit;
mod error;
mod exit;
mod filter;
mod find;
mod helm4;
mod judge;
mod notes;
mod plan;
mod read;
mod refusal;
mod report;
mod run;
mod stdio;

pub use cluster::{Cluster, Source};
pub use filter::{Options, Outcome, filter};
pub use helm4::Caller;
pub use plan::request::{Fields, Wanted};
pub use read::stream::Stream;
pub use run::run;
