//! From a cluster or from files to a [`Snapshot`](crate::snapshot::Snapshot).

pub mod cluster;
pub mod files;
mod pages;
mod texts;
