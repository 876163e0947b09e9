//! From a cluster or from files to a [`Snapshot`](crate::snapshot::Snapshot).

mod archive;
pub mod budget;
pub mod changes;
pub mod cluster;
mod continue_token;
mod document;
mod file_object;
pub mod files;
pub mod input;
mod input_text;
mod label_texts;
pub mod node_status_probe;
mod page;
mod pages;
mod pod_addresses;
mod pod_messages;
mod read_error;
pub mod request_log;
pub mod skipped_documents;
pub mod snapshot_files;
pub mod snapshot_header;
pub mod snapshot_text;
mod unknown_kind;
mod unrendered;
