//! The numbers from which on a check finds something.

/// The share of addresses in use above which a pool is considered nearly full.
pub(crate) const NEARLY_FULL: f64 = 0.9;

/// The number of nodes up to which a full node-to-node mesh is recommended.
/// Source: Calico documentation, BGP.
pub(crate) const MESH_NODES: u32 = 100;

/// The timeout of the liveness probe in Calico's manifest, in seconds.
/// Source: projectcalico/calico v3.32.1, manifests/calico.yaml.
pub(crate) const PROBE_TIMEOUT: i32 = 10;

/// How long after an install begins the operator's components wait for each other, in seconds.
pub(crate) const BEGINNING: i64 = 120;
