//! A row of the list: one node.

use serde::Serialize;

use super::agent_pod::AgentPod;
use super::bgp_sessions::BgpSessions;
use super::claimed_blocks::ClaimedBlocks;
use super::tunnel_address::TunnelAddress;
use super::typha_role::TyphaRole;
use super::used_address::UsedAddress;
use super::wireguard_keys::WireGuardKeys;
use crate::facts::fact::Fact;

/// A node as Calico uses it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeSummary {
    /// The name of the node.
    pub name: String,
    /// Whether the node's condition Ready is True.
    pub ready: bool,
    /// Whether the node accepts new pods: false if it is cordoned.
    pub schedulable: bool,
    /// The calico-node pod on the node.
    pub calico_node: Fact<AgentPod>,
    /// The node's addresses of type InternalIP, as the kubelet reports them.
    pub internal_addresses: Vec<String>,
    /// The address that Calico uses for the node.
    pub address: Fact<UsedAddress>,
    /// The addresses of the node's tunnel devices.
    pub tunnels: Fact<Vec<TunnelAddress>>,
    /// The blocks of the node.
    pub blocks: Fact<ClaimedBlocks>,
    /// The WireGuard keys that the node has published; absent if WireGuard is not enabled for the node.
    pub wireguard: Fact<WireGuardKeys>,
    /// What the node has to do with Typha; absent if Felix does not use Typha.
    pub typha: Fact<TyphaRole>,
    /// The BGP sessions of the node; absent if no CalicoNodeStatus reports them.
    pub bgp: Fact<BgpSessions>,
}
