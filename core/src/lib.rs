//! The domain that `helm-postrender` and `kubectl-calico` share: CIDRs and pools, the
//! Installation resource, the operator's defaults, and its rules by version.
//!
//! Nothing here reads a file, a cluster or a clock: data in, data out.

pub mod capacity;
pub mod catalog;
pub mod cidr;
pub mod cluster_plan;
mod crd;
pub mod defaults;
pub mod go_yaml;
pub mod image;
pub mod installation;
pub mod lines;
pub mod nesting;
pub mod operator;
pub mod per_family;
pub mod pod_network;
pub mod pool;
pub mod ranges;
pub mod rules;
pub mod selector;
pub mod text;
pub mod typha;
pub mod yaml;
