//! `kubectl calico`: shows how Calico is installed in a cluster, how it routes pod traffic, and what is
//! wrong.
//!
//! Data flows one way:
//! `connect -> gather -> snapshot -> views -> facts -> repair -> assess -> plan -> render -> command`.
//! Only `connect`, `gather`, `command`, `interrupt` and `terminal` touch the network, files, other programs, signals or
//! standard input and output; everything else is a function of its input, so a cluster saved to a file gives the same
//! report.

#![allow(
    unreachable_pub,
    reason = "the library exists for this package's own tests"
)]

pub mod assess;
pub mod catalog;
mod cli;
mod clusters;
mod command;
pub mod connect;
mod credential;
mod document;
mod duration;
mod exit;
pub mod facts;
mod gather;
mod interrupt;
#[cfg(test)]
mod missing_permissions;
mod nodes;
mod parse_error;
mod phrases;
mod plan;
mod protobuf;
mod redact;
pub mod render;
mod repair;
mod snapshot;
mod terminal;
mod views;

pub use command::run;
