//! `helm-postrender`: a filter that sets `cidr`, `blockSize` and `encapsulation` in the
//! Installation of the tigera-operator chart's output and leaves every other byte alone.
//!
//! Data goes one way: [`stream`] cuts what came in into documents, `locate` finds the
//! Installation, [`plan`] decides which fields to set, `splice` turns them into bytes to replace,
//! `verify` has another parser confirm the result, and the rules of `calico_core` judge it. All of
//! that is [`filter`], a pure function; [`run`] does the reading and writing around it.

#![allow(
    unreachable_pub,
    reason = "the library exists for this package's own tests and fuzzing"
)]

mod absent;
mod child;
mod choose;
mod cli;
pub mod cluster;
mod config;
mod diff;
pub mod error;
pub mod exit;
pub mod failure;
mod fill;
pub mod filter;
mod form;
mod go;
pub mod judge;
mod known;
mod layout;
mod locate;
mod mentions;
mod missing;
mod notes;
mod objects;
pub mod operator;
mod others;
pub mod plan;
mod render;
mod report;
mod report_file;
mod run;
mod splice;
mod stdio;
pub mod stream;
mod target;
mod tree;
mod twin;
mod unreadable;
mod verify;
pub mod wanted;

pub use run::run;
