//! Calico's IPPool, whose spec is the same in crd.projectcalico.org/v1 and projectcalico.org/v3.

use serde::{Deserialize, Serialize};

use super::meta::Meta;
use super::node::NodeCondition;

/// An IPPool resource: an existing pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpPool {
    pub metadata: Meta,
    pub spec: IpPoolSpec,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<IpPoolStatus>,
}

/// `status` of an IPPool in projectcalico.org/v3, which kube-controllers sets (3.32 and later).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpPoolStatus {
    pub conditions: Vec<NodeCondition>,
}

/// `spec` of an IPPool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpPoolSpec {
    /// As written: up to 3.31, the CRD accepts any string.
    pub cidr: String,
    /// A prefix length; the default is 26 or 122.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_size: Option<i64>,
    /// Always, CrossSubnet or Never; the default is Never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip_mode: Option<String>,
    /// Always, CrossSubnet or Never; the default is Never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_mode: Option<String>,
    /// The field for IPIP before `ipipMode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip: Option<LegacyIpip>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nat_outgoing: bool,
    /// The default is all nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<String>,
    /// Whether no new addresses are assigned from the pool.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// The default is Workload and Tunnel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_uses: Vec<String>,
    /// Whether BIRD does not advertise the pool outside the cluster.
    #[serde(
        rename = "disableBGPExport",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub disable_bgp_export: bool,
    /// Automatic, or Manual for pods that request the pool (3.30 and later).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment_mode: Option<String>,
}

/// `spec.ipip` of an IPPool, from before `ipipMode`; removed in 3.32.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LegacyIpip {
    pub enabled: bool,
    /// always or cross-subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}
