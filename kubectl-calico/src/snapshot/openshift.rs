//! OpenShift's network operator.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// OpenShift's Network `cluster`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenShiftNetwork {
    pub metadata: Meta,
    pub spec: OpenShiftNetworkSpec,
}

/// `spec` of OpenShift's Network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OpenShiftNetworkSpec {
    /// The pod network.
    pub cluster_network: Vec<ClusterNetwork>,
    pub service_network: Vec<String>,
}

/// An entry of `spec.clusterNetwork`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterNetwork {
    pub cidr: String,
}
