//! Calico's IPAM resources.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// An IPAM block: a part of a pool, usually for one node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpamBlock {
    pub metadata: Meta,
    pub spec: IpamBlockSpec,
}

/// `spec` of an IPAM block. The use of each address is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamBlockSpec {
    pub cidr: String,
    /// `host:NODE`; not set for a block without a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<String>,
    /// The free addresses, as ordinals from the block's first address.
    pub unallocated: Vec<u16>,
    /// Whether the block is being deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// The IPAMConfig (v1) or IPAMConfiguration (v3) `default`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpamConfig {
    pub metadata: Meta,
    pub spec: IpamConfigSpec,
}

/// `spec` of the IPAM configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamConfigSpec {
    /// Whether a node uses only addresses of its own blocks.
    pub strict_affinity: bool,
}
