//! Calico's IPAM resources.

use serde::{Deserialize, Serialize};

use super::ipam_attribute::Attributes;
use super::meta::Meta;

/// An IPAM block: a part of a pool, usually for one node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpamBlock {
    pub metadata: Meta,
    pub spec: IpamBlockSpec,
}

/// `spec` of an IPAM block. Of the use of an address, only the node and the kind are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamBlockSpec {
    pub cidr: String,
    /// `host:NODE`; not set for a block without a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<String>,
    /// For each address, the index of its attribute; `None` if it is free.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allocations: Vec<Option<u16>>,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// The free addresses, as ordinals from the block's first address.
    pub unallocated: Vec<u16>,
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
    /// Whether nodes claim blocks. Every API server requires or fills in the field; true is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_allocate_blocks: Option<bool>,
    /// The most blocks of a node; 0 for the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_blocks_per_host: Option<u32>,
}

/// An IPReservation: addresses that IPAM does not assign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpReservation {
    pub metadata: Meta,
    pub spec: IpReservationSpec,
}

/// `spec` of an IPReservation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpReservationSpec {
    /// CIDRs and single addresses.
    #[serde(rename = "reservedCIDRs")]
    pub reserved_cidrs: Vec<String>,
}
