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
    /// The cluster IPs of Services that are advertised.
    #[serde(rename = "serviceClusterIPs", skip_serializing_if = "Vec::is_empty")]
    pub service_cluster_ips: Vec<AdvertisedRange>,
    /// The external IPs of Services that are advertised.
    #[serde(rename = "serviceExternalIPs", skip_serializing_if = "Vec::is_empty")]
    pub service_external_ips: Vec<AdvertisedRange>,
    /// The addresses of Services of type LoadBalancer that are advertised.
    #[serde(
        rename = "serviceLoadBalancerIPs",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub service_load_balancer_ips: Vec<AdvertisedRange>,
}

impl BgpSpec {
    /// Whether addresses of Services are advertised to peers outside the cluster.
    pub fn advertises_services(&self) -> bool {
        let ranges = [
            &self.service_cluster_ips,
            &self.service_external_ips,
            &self.service_load_balancer_ips,
        ];
        ranges.iter().any(|ranges| !ranges.is_empty())
    }
}

/// A range of Services' addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdvertisedRange {
    pub cidr: String,
}

/// A BGPPeer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpPeer {
    pub metadata: Meta,
    pub spec: BgpPeerSpec,
}

/// `spec` of a BGPPeer: which nodes peer with what. Without `node` and `nodeSelector`, all nodes do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BgpPeerSpec {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub node: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub node_selector: String,
    /// An address, with or without a port.
    #[serde(rename = "peerIP", skip_serializing_if = "String::is_empty")]
    pub peer_ip: String,
    /// Selects nodes to peer with, in place of `peerIP`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub peer_selector: String,
    /// Selects pods to peer with, in place of both (3.30 and later).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub local_workload_selector: String,
}
