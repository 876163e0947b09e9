//! The JSON schemas, as docs/ has them.

/// The schema of the report of `kubectl calico status`.
pub const STATUS_SCHEMA: &str = include_str!("../../schemas/status.schema.json");

/// The schema of the plan of `kubectl calico plan`.
pub const PLAN_SCHEMA: &str = include_str!("../../schemas/plan.schema.json");

/// The schema of the list of `kubectl calico nodes`.
pub const NODES_SCHEMA: &str = include_str!("../../schemas/nodes.schema.json");

/// The schema of the list of reports of `kubectl calico status` on several clusters.
pub const CLUSTERS_SCHEMA: &str = include_str!("../../schemas/clusters.schema.json");
