//! From a report to what a person or a program reads: one format per file.

mod clusters;
mod connectivity;
mod entries;
mod explain;
mod html;
mod json;
mod junit;
mod kept_fields;
mod markdown;
mod nodes;
mod not_read;
mod page;
pub mod plan;
mod prometheus;
mod requests;
mod rows;
mod sarif;
mod schema;
mod status;
mod table;
mod xml;

pub use clusters::{ClusterDetail, clusters};
pub use connectivity::{connectivity, general_connectivity};
pub use explain::{explain, list, reference};
pub use html::html;
pub use json::{json, yaml};
pub use junit::junit;
pub use kept_fields::kept_fields;
pub use markdown::markdown;
pub use nodes::{TableOptions, node_names, nodes};
pub use page::Look;
pub use prometheus::prometheus;
pub use requests::requests;
pub use sarif::sarif;
pub use schema::{CLUSTERS_SCHEMA, NODES_SCHEMA, PLAN_SCHEMA, STATUS_SCHEMA};
pub use status::{Detail, text};
