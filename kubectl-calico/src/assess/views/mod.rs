//! A snapshot, looked at from one side: what facts and checks ask of it, without any conclusion.

pub mod calico_node;
pub mod container_failure;
pub mod felix;
pub mod ipam_blocks;
pub mod ipam_config;
pub mod objects;
pub mod pods;
