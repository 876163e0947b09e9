//! Views of a snapshot: the parts that facts and checks need, prepared for them without
//! conclusions.

pub mod bgp_topology;
pub mod calico_node;
pub mod cni_config;
pub mod container_failure;
pub mod daemon_set;
pub mod felix;
pub mod ipam_blocks;
pub mod ipam_config;
pub mod joining;
pub mod kube_proxy;
pub(crate) mod log_errors;
pub mod marks;
pub mod node_addresses;
pub mod node_families;
pub mod node_labels;
pub mod node_subnets;
pub mod objects;
pub mod occupied;
pub mod placement;
pub mod pods;
pub mod refusal;
pub mod rolling_update;
pub mod server_arguments;
