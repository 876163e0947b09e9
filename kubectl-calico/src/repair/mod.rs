//! How a cluster is changed: the steps of fixes and plans, and the commands in them. `assess` and
//! `plan` both use this module, so they print the same steps for the same change.

pub mod access;
pub mod calico_node;
mod calls;
pub mod changed_objects;
pub mod cluster_option;
pub mod command;
mod connection_words;
pub mod deleted_pool;
pub mod destination;
pub mod encapsulation;
pub mod existing_entries;
pub mod free_range;
pub mod here_document;
mod image_source;
pub mod installation_change;
pub mod installation_list;
pub mod installation_settings;
pub mod installer_step;
pub mod ipam_config;
pub mod kubectl;
pub mod left_pods;
pub mod leftover_pools;
pub mod migration;
pub mod mtu;
pub mod new_pool;
pub mod node_pod_cidrs;
pub mod owned_objects;
mod plugin_call;
pub mod pool_entry;
pub mod pool_pins;
pub mod pool_writer;
pub mod resource_writer;
pub mod room;
pub mod step;
pub mod unlisted_pools;

pub use step::Step;
