//! What Calico's datastore holds about itself.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// The ClusterInformation `default`, which calico-node maintains.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterInformation {
    pub metadata: Meta,
    pub spec: ClusterInformationSpec,
}

/// `spec` of a ClusterInformation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClusterInformationSpec {
    /// The version of the calico-node that started last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calico_version: Option<String>,
    /// Not true while a migration of the datastore locks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datastore_ready: Option<bool>,
}

/// A DatastoreMigration, which moves Calico's resources from one API group to the other (3.32).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatastoreMigration {
    pub metadata: Meta,
    pub status: MigrationStatus,
}

/// `status` of a DatastoreMigration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MigrationStatus {
    /// Pending, Migrating, Converged, Complete, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
}
