//! Objects, reduced to some of their fields while they are parsed.

mod absence;
mod command_line;
mod document;
pub mod keep;
mod kubeadm;
mod meter;
mod prune;
mod typed;

pub use meter::Meter;
pub use prune::{Pruned, PrunedWithNull};
pub use typed::Typed;
