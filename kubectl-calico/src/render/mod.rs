//! From a report to what a person or a program reads: one format per file.

mod clusters;
mod connectivity;
mod explain;
mod json;
mod kept_fields;
mod nodes;
mod not_read;
mod page;
pub mod plan;
mod requests;
mod schema;
mod status;
mod table;

pub use clusters::{ClusterDetail, clusters};
pub use connectivity::{connectivity, general_connectivity};
pub use explain::{explain, list, reference};
pub use json::{json, yaml};
pub use kept_fields::kept_fields;
pub use nodes::{TableOptions, node_names, nodes};
pub use page::Look;
pub use requests::requests;
pub use schema::{CLUSTERS_SCHEMA, NODES_SCHEMA, PLAN_SCHEMA, STATUS_SCHEMA};
pub use status::{Detail, text};
