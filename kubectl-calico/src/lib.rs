//! `kubectl calico`: shows how Calico is installed in a cluster, how it routes, and what is wrong.
//!
//! Data flows one way, *gather -> assess -> render*. Only [`connect`] and `gather` touch the network or
//! the disk; everything after them is a function of the `snapshot`, so that a cluster that was saved to
//! a file gives the same report again.

#![allow(
    unreachable_pub,
    reason = "the library exists for this package's own tests"
)]

pub mod assess;
pub mod catalog;
mod cli;
mod command;
pub mod connect;
mod document;
mod duration;
mod exit;
mod gather;
mod plan;
pub mod render;
mod repair;
mod snapshot;
mod terminal;

pub use command::run;
