//! `kubectl calico`: how Calico is installed in a cluster, how it routes, and what is wrong.
//!
//! Data goes one way, *gather -> assess -> render*. Only [`connect`] and [`gather`] touch the
//! network or the disk; everything behind them is a function of the [`snapshot`], so a cluster
//! that is written to a file gives the same report again.

#![allow(
    unreachable_pub,
    reason = "the library exists for this package's own tests"
)]

pub mod assess;
mod cli;
mod command;
pub mod connect;
mod exit;
pub mod gather;
pub mod plan;
pub mod render;
pub mod repair;
pub mod snapshot;
mod terminal;

pub use command::run;
