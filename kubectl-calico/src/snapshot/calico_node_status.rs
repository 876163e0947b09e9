//! CalicoNodeStatuses: what calico-node reports about BIRD on one node, if it is asked to.
//! Source: projectcalico/calico v3.32.1, api/pkg/apis/projectcalico/v3/nodestatus.go.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// A CalicoNodeStatus.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalicoNodeStatus {
    pub metadata: Meta,
    pub spec: CalicoNodeStatusSpec,
    pub status: CalicoNodeStatusReport,
}

/// `spec` of a CalicoNodeStatus: what calico-node is to report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CalicoNodeStatusSpec {
    /// The name of the node.
    pub node: String,
    /// Agent, BGP, Routes.
    pub classes: Vec<String>,
    /// 0 if it is reported once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_period_seconds: Option<u32>,
}

/// `status` of a CalicoNodeStatus: what calico-node has reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CalicoNodeStatusReport {
    /// Not set until calico-node has reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<Time>,
    pub agent: BirdProcesses,
    pub bgp: BgpPeerings,
    pub routes: BirdRoutes,
}

/// `status.agent`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BirdProcesses {
    pub bird_v4: BirdProcess,
    pub bird_v6: BirdProcess,
}

/// The BIRD of one address family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BirdProcess {
    /// Ready or NotReady; empty if it was not asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
}

/// `status.bgp`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BgpPeerings {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers_v4: Vec<BgpPeering>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers_v6: Vec<BgpPeering>,
}

/// A session with a peer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BgpPeering {
    #[serde(rename = "peerIP")]
    pub peer_ip: String,
    /// NodeMesh, NodePeer or GlobalPeer.
    #[serde(rename = "type")]
    pub kind: String,
    /// Established, or one of the states before it; empty if BIRD reported none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// When the state last changed, as BIRD prints it: a time of day, or a date.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub since: String,
}

/// `status.routes`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BirdRoutes {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes_v4: Vec<BirdRoute>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes_v6: Vec<BirdRoute>,
}

/// A route of BIRD. Its destination is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BirdRoute {
    /// FIB if the kernel uses it, RIB if not.
    #[serde(rename = "type")]
    pub kind: String,
    pub learned_from: RouteSource,
}

/// Where a route was learned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RouteSource {
    /// Kernel, Static, Direct, NodeMesh or BGPPeer.
    pub source_type: String,
}

impl CalicoNodeStatus {
    /// Whether calico-node reports its BGP sessions here, and has done so.
    pub fn reports_bgp(&self) -> bool {
        let asked = self.spec.classes.iter().any(|class| class == "BGP");
        asked && self.status.last_updated.is_some()
    }
}
