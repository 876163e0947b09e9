//! Calico's BGP resources.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// A BGPConfiguration. Where the one named `default` does not exist, Calico's defaults apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpConfiguration {
    pub metadata: Meta,
    pub spec: BgpSpec,
}

/// `spec` of a BGPConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BgpSpec {
    /// The default is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_to_node_mesh_enabled: Option<bool>,
    /// The default is 179.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_port: Option<u16>,
    /// Whether BIRD programs routes between nodes: Enabled or Disabled (3.32 and later).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_cluster_routes: Option<String>,
}

/// A BGPPeer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpPeer {
    pub metadata: Meta,
}
