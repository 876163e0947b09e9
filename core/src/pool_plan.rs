//! What a cluster needs of its pools, and what must not be changed of those that it has: the
//! answer of `kubectl calico plan -o config`, which `helm-postrender --config` and
//! `--from-cluster` read. It is all that the two programs tell each other.

use serde::{Deserialize, Serialize};

/// `apiVersion` of a plan that is written here.
pub const API_VERSION: &str = "kubectl-calico/v1alpha1";

/// `kind` of a plan.
pub const KIND: &str = "PoolPlan";

/// A plan for a cluster's pools. CIDRs are texts here: who reads them judges them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PoolPlan {
    /// [`API_VERSION`]
    pub api_version: String,
    /// [`KIND`]
    pub kind: String,
    /// The API server that was read; absent where files were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The pools that the cluster needs, one for each family of its pod network.
    #[serde(default)]
    pub pools: Vec<PlannedPool>,
    /// The pod network that Kubernetes was set up with; absent where nothing tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_network: Option<PodNetwork>,
    /// The service network.
    #[serde(default)]
    pub services: Vec<String>,
    /// The nodes' addresses.
    #[serde(default)]
    pub node_addresses: Vec<String>,
    /// The pools that are there.
    #[serde(default)]
    pub live_pools: Vec<LivePool>,
}

/// A pool that the cluster needs. What could not be settled is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlannedPool {
    /// `cidr`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// `blockSize`, a prefix length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_size: Option<u8>,
    /// `encapsulation`, in the operator's spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encapsulation: Option<String>,
}

/// The pod network, and whether the operator holds pools to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodNetwork {
    /// Its CIDRs.
    pub cidrs: Vec<String>,
    /// Object and field that tell it.
    pub source: String,
    /// Whether the operator makes no pool outside of it.
    pub enforced: bool,
}

/// A pool that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LivePool {
    /// The IPPool's name.
    pub name: String,
    /// `cidr`, as written.
    pub cidr: String,
    /// `blockSize`, a prefix length.
    pub block_size: i64,
    /// Its encapsulation, in the operator's spelling.
    pub encapsulation: String,
    /// Whether the operator made it, and so would delete it or put it back.
    pub owned: bool,
}
