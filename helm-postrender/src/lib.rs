//! `helm-postrender`: a filter that sets `cidr`, `blockSize` and `encapsulation` in the Installation of
//! the tigera-operator chart's output and leaves every other byte unchanged.
//!
//! Data flows one way: `read` cuts the input into documents, `find` finds the Installation, `plan`
//! decides which fields to set, `edit` sets them in the text and verifies the result, and `judge` checks
//! the rules of `calico_core`. Together they are [`filter()`], a pure function; [`run()`] does the
//! reading and writing around it.

mod cli;
mod cluster;
mod edit;
mod error;
mod exit;
mod filter;
mod find;
mod helm4;
mod install_plugin;
mod interrupt;
mod judge;
mod notes;
mod outcome;
mod plan;
mod read;
mod refusal;
mod report;
mod run;
mod stages;
mod stdio;

pub use cluster::{Cluster, PlanSource};
pub use filter::{Options, filter};
pub use helm4::Caller;
pub use outcome::Outcome;
pub use plan::request::{Fields, Request};
pub use read::stream::Stream;
pub use run::run;
