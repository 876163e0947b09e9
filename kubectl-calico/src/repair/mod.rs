//! How a cluster is changed: the steps that a finding and a plan print, and the commands in them.

pub mod step;

pub use step::Step;
