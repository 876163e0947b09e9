//! Calico's own resources, whose specs are spelt alike in crd.projectcalico.org/v1 and
//! projectcalico.org/v3.

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::Meta;

/// An IPPool: a live pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpPool {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: IpPoolSpec,
}

/// `spec` of an IPPool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpPoolSpec {
    /// `cidr`, as written: the CRD takes any text up to 3.31.
    pub cidr: String,
    /// `blockSize`, a prefix length; Calico takes 26 or 122 where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_size: Option<i64>,
    /// `ipipMode`: Always, CrossSubnet, Never or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip_mode: Option<String>,
    /// `vxlanMode`: likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_mode: Option<String>,
    /// `ipip`: how pools of old said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip: Option<LegacyIpip>,
    /// `natOutgoing`
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nat_outgoing: bool,
    /// `nodeSelector`; absent means all nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<String>,
    /// `disabled`: no new addresses come from it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// `allowedUses`; absent means Workload and Tunnel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_uses: Vec<String>,
    /// `disableBGPExport`: BIRD tells nobody outside of the cluster of it.
    #[serde(
        rename = "disableBGPExport",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub disable_bgp_export: bool,
    /// `assignmentMode` (3.30 and later): Automatic, or Manual for pods that ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment_mode: Option<String>,
}

/// `spec.ipip` of an IPPool, from before `ipipMode`; gone in 3.32.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LegacyIpip {
    /// `enabled`
    pub enabled: bool,
    /// `mode`: always or cross-subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// A FelixConfiguration; `default` counts for every node, `node.NAME` for one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FelixConfiguration {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: FelixSpec,
}

/// `spec` of a FelixConfiguration; what is absent is Felix's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FelixSpec {
    /// `wireguardEnabled`: encryption of IPv4 is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wireguard_enabled: Option<bool>,
    /// `wireguardEnabledV6`
    #[serde(rename = "wireguardEnabledV6", skip_serializing_if = "Option::is_none")]
    pub wireguard_enabled_v6: Option<bool>,
    /// `bpfEnabled`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpf_enabled: Option<bool>,
    /// `nftablesMode`: Disabled, Enabled or Auto.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nftables_mode: Option<String>,
    /// `ipipEnabled`; absent means as the pools need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip_enabled: Option<bool>,
    /// `vxlanEnabled`; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_enabled: Option<bool>,
    /// `vxlanPort`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_port: Option<u16>,
    /// `programClusterRoutes` (3.31 and later): Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_cluster_routes: Option<String>,
    /// `awsSrcDstCheck`: DoNothing, Enable or Disable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_src_dst_check: Option<String>,
    /// `logSeverityScreen`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_severity_screen: Option<String>,
    /// `mtuIfacePattern` and the MTUs that somebody set by hand.
    #[serde(rename = "ipipMTU", skip_serializing_if = "Option::is_none")]
    pub ipip_mtu: Option<i64>,
    /// `vxlanMTU`
    #[serde(rename = "vxlanMTU", skip_serializing_if = "Option::is_none")]
    pub vxlan_mtu: Option<i64>,
}

/// A BGPConfiguration; where `default` is absent, the defaults hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpConfiguration {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: BgpSpec,
}

/// `spec` of a BGPConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BgpSpec {
    /// `nodeToNodeMeshEnabled`; absent means that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_to_node_mesh_enabled: Option<bool>,
    /// `asNumber`: a number, or a text like `64512` or `1.10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_number: Option<Value>,
    /// `listenPort`; 179 where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_port: Option<u16>,
    /// `programClusterRoutes` (3.32 and later): whether BIRD does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_cluster_routes: Option<String>,
}

/// A BGPPeer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpPeer {
    /// `metadata`
    pub metadata: Meta,
}

/// The ClusterInformation `default`, which calico-node keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterInformation {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: ClusterInformationSpec,
}

/// `spec` of a ClusterInformation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClusterInformationSpec {
    /// `calicoVersion`: of the calico-node that started last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico_version: Option<String>,
    /// `clusterType`: a list to which things are only ever added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_type: Option<String>,
    /// `datastoreReady`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datastore_ready: Option<bool>,
}

/// An IPAM block: a piece of a pool, for one node as a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpamBlock {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: IpamBlockSpec,
}

/// `spec` of an IPAM block. What each address is for is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamBlockSpec {
    /// `cidr`
    pub cidr: String,
    /// `affinity`: `host:NODE`, or nothing for a block that no node has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<String>,
    /// `unallocated`: the ordinals of the addresses that are free.
    pub unallocated: Vec<u16>,
    /// `deleted`: it is on its way out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// The IPAMConfig (v1) or IPAMConfiguration (v3) `default`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpamConfig {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: IpamConfigSpec,
}

/// `spec` of the IPAM configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IpamConfigSpec {
    /// `strictAffinity`: a node takes addresses from its own blocks only.
    pub strict_affinity: bool,
    /// `maxBlocksPerHost`; 0 means no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_blocks_per_host: Option<u32>,
}

/// A DatastoreMigration (3.32): Calico's resources move from one API group to the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatastoreMigration {
    /// `metadata`
    pub metadata: Meta,
    /// `status`
    pub status: MigrationStatus,
}

/// `status` of a DatastoreMigration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MigrationStatus {
    /// `phase`: Pending, Migrating, Converged, Complete, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
}
