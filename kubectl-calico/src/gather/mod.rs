//! From a cluster or from files to a [`Snapshot`](crate::snapshot::Snapshot).

pub mod cluster;
mod file_object;
pub mod files;
mod input;
mod pages;
pub mod request_log;
pub mod snapshot_header;
