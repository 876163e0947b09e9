//! The operator's resources.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use super::meta::Meta;

/// An Installation. Its spec is kept whole; `calico_core::installation` reads it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Installation {
    pub metadata: Meta,
    pub spec: Value,
    pub status: InstallationStatus,
}

/// `status` of an Installation. The operator writes it only when every component is available, so in a
/// degraded install it is empty or outdated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InstallationStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<i64>,
}

impl Installation {
    /// A document with only the spec, for `calico_core::installation::Installation::read`.
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
    /// Its name is the component's.
    pub metadata: Meta,
    pub status: Conditions,
}

/// A status, of which only the conditions are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    pub conditions: Vec<Condition>,
}

/// A condition of a TigeraStatus: Available, Progressing or Degraded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    /// True, False or Unknown.
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The generation of the Installation that the operator saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
}

impl TigeraStatus {
    /// The condition of that type, which may not exist before the operator watches the component.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Whether the condition of that type exists and is true.
    pub fn is(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(|c| c.status == "True")
    }
}

/// An APIServer, which requests Calico's aggregated API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiServer {
    pub metadata: Meta,
    pub status: ApiServerStatus,
}

/// `status` of an APIServer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiServerStatus {
    /// Ready, or not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}
