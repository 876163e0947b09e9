//! Calico's FelixConfiguration.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// A FelixConfiguration: `default` applies to every node, `node.NAME` to one, and any other to the nodes that its selector
/// selects (3.32 and later).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FelixConfiguration {
    pub metadata: Meta,
    pub spec: FelixSpec,
}

/// `spec` of a FelixConfiguration. A field that is not set has Felix's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FelixSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<String>,
    /// Whether IPv4 traffic between nodes is to be encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wireguard_enabled: Option<bool>,
    #[serde(rename = "wireguardEnabledV6", skip_serializing_if = "Option::is_none")]
    pub wireguard_enabled_v6: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpf_enabled: Option<bool>,
    /// Whether Felix removes kube-proxy's rules in eBPF mode. The default is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpf_kube_proxy_iptables_cleanup_enabled: Option<bool>,
    /// The default is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_support: Option<bool>,
    /// Disabled, Enabled or Auto.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nftables_mode: Option<String>,
    /// The default is what the pools need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipip_enabled: Option<bool>,
    /// The default is what the pools need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vxlan_port: Option<u16>,
    #[serde(rename = "vxlanVNI", skip_serializing_if = "Option::is_none")]
    pub vxlan_vni: Option<u32>,
    /// Enabled or Disabled (3.31 and later).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_cluster_routes: Option<String>,
    /// DoNothing, Enable or Disable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_src_dst_check: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_severity_screen: Option<String>,
}
