//! Objects, reduced to some of their fields while they are parsed.

mod absence;
mod command_line;
mod document;
mod first_field;
pub mod keep;
mod kept_key;
mod kubeadm;
mod meter;
mod prune;
#[cfg(test)]
mod two_ways;
mod typed;

pub use meter::Meter;
pub use prune::{Pruned, PrunedWithNull};
pub use typed::Typed;
