//! What the operator, and OpenShift's network operator, keep.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::Meta;

/// An Installation. Its spec is kept whole: `calico_core::installation` reads it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Installation {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`, as it stands.
    pub spec: Value,
    /// `status`
    pub status: InstallationStatus,
}

/// `status` of an Installation. The operator writes it once all is available, so that of a broken
/// install is empty or old.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InstallationStatus {
    /// `calicoVersion`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico_version: Option<String>,
    /// `mtu`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<i64>,
}

impl Installation {
    /// The spec as a document of its own, for `calico_core::installation::Installation::read`.
    pub fn document(&self) -> Value {
        let mut document = serde_yaml::Mapping::new();
        document.insert("spec".into(), self.spec.clone());
        document.into()
    }
}

/// A TigeraStatus: the health of one component.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TigeraStatus {
    /// `metadata`; its name is the component's.
    pub metadata: Meta,
    /// `status`
    pub status: Conditions,
}

/// A status of which only the conditions are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// `conditions`
    pub conditions: Vec<Condition>,
}

/// A condition of a TigeraStatus: Available, Progressing or Degraded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// `type`
    #[serde(rename = "type")]
    pub kind: String,
    /// `status`: True, False or Unknown.
    pub status: String,
    /// `reason`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// `message`, as the operator wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// `observedGeneration`: which generation of the Installation it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `lastTransitionTime`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
}

impl TigeraStatus {
    /// The condition of that type; before the operator watches the component there may be none.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Whether the condition of that type is there and true.
    pub fn is(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(|c| c.status == "True")
    }
}

/// An APIServer: that Calico's aggregated API is wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiServer {
    /// `metadata`
    pub metadata: Meta,
    /// `status`
    pub status: ApiServerStatus,
}

/// `status` of an APIServer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiServerStatus {
    /// `state`: Ready, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// OpenShift's Network `cluster`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenShiftNetwork {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: OpenShiftNetworkSpec,
}

/// `spec` of OpenShift's Network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OpenShiftNetworkSpec {
    /// `clusterNetwork`: the pod network.
    pub cluster_network: Vec<ClusterNetwork>,
    /// `serviceNetwork`
    pub service_network: Vec<String>,
}

/// An entry of `spec.clusterNetwork`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterNetwork {
    /// `cidr`
    pub cidr: String,
}
