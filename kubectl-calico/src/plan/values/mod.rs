//! The values of a plan: what each is, and why.

pub(crate) mod block_size;
pub(crate) mod cidr;
mod cloud;
mod constraint;
mod demand;
pub(crate) mod encapsulation;
pub mod networking;
pub(crate) mod notes;
mod objections;
pub(crate) mod operator;
mod precedence;
pub mod sizes;
