//! The first document of a snapshot's file, which describes the others.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use crate::parse_error::in_words;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources;
use crate::snapshot::{Absence, Origin, Reading, Snapshot, Unknown};

pub(super) const GROUP: &str = "kubectl-calico/";
const API_VERSION: &str = "kubectl-calico/v1alpha1";
const KIND: &str = "Snapshot";

/// The first edition of what is kept.
const FIRST: u32 = 1;

/// The first document of a snapshot's file. If it is present, an object that the file does not contain
/// does not exist in the cluster, unless it is listed here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotHeader {
    api_version: String,
    kind: String,
    pub(super) origin: Origin,
    /// When the cluster was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time>,
    /// The number of objects that follow. A file with fewer was cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) objects: Option<usize>,
    /// Which fields the version that wrote it keeps; the first if it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<u32>,
    /// Whether the addresses in IPAM were compared with all pods.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) pods: bool,
    /// The kinds that the server does not serve, by their plural.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_served: Vec<String>,
    /// What the user may not read, as `Kind` or `Kind/namespace/name`, with the server's message.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    forbidden: BTreeMap<String, String>,
    /// What could not be read for other reasons.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    failed: BTreeMap<String, String>,
}

impl SnapshotHeader {
    /// The header of a snapshot with that number of objects; `None` for one that was read from files
    /// without a header.
    pub fn of(snapshot: &Snapshot, objects: usize) -> Option<Self> {
        let mut header = Self {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            origin: snapshot.origin.clone(),
            time: snapshot.time.and_then(whole_seconds),
            objects: Some(objects),
            edition: Some(snapshot.edition).filter(|edition| *edition != FIRST),
            pods: snapshot.pod_addresses.unknown() != Some(Unknown::NotGiven),
            ..Self::default()
        };
        let not_served = snapshot.not_served().into_iter();
        header.not_served = not_served.map(|row| row.plural().to_owned()).collect();
        header.not_served.dedup();
        let events = snapshot.messages.events.failure();
        let events = events.map(|unknown| (&resources::EVENTS, unknown));
        for (row, unknown) in snapshot.unknown().into_iter().chain(events) {
            match unknown {
                Unknown::Forbidden(message) => {
                    header.forbidden.insert(row.object().to_string(), message)
                }
                Unknown::Failed(why) => header.failed.insert(row.object().to_string(), why),
                Unknown::NotGiven => return None,
                // The edition says so.
                Unknown::NotKept { .. } => None,
            };
        }
        Some(header)
    }

    /// When the cluster was read, if the snapshot says so.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.time.as_ref().map(|time| time.0)
    }

    /// Which fields are kept in the snapshot.
    pub(super) fn edition(&self) -> u32 {
        self.edition.unwrap_or(FIRST)
    }

    /// Whether a document of this `apiVersion` and `kind` is a header, perhaps of another version.
    pub(super) fn is_one(api_version: &str, kind: &str) -> bool {
        kind == KIND && api_version.starts_with(GROUP)
    }

    /// Parses a document for which [`is_one`](Self::is_one) is true.
    pub(super) fn parse(api_version: &str, document: Value) -> Result<Self, String> {
        if api_version != API_VERSION {
            return Err(format!(
                "this snapshot was written by another version of the plugin: its apiVersion is {api_version}, expected {API_VERSION}"
            ));
        }
        serde_yaml::from_value(document).map_err(in_words)
    }

    /// Why the file has no object of a row; `none` if there is none in the cluster.
    pub(super) fn missing<T>(&self, resource: &Resource, none: Reading<T>) -> Reading<T> {
        let object = resource.object().to_string();
        let plural = resource.plural();
        if let Some(message) = self.forbidden.get(&object) {
            Reading::Unknown(Unknown::Forbidden(message.clone()))
        } else if let Some(why) = self.failed.get(&object) {
            Reading::Unknown(Unknown::Failed(why.clone()))
        } else if self.not_served.iter().any(|kind| kind == plural) {
            Reading::Absent(Absence::NotServed)
        } else {
            none
        }
    }
}

/// Kubernetes counts in whole seconds.
fn whole_seconds(time: Timestamp) -> Option<Time> {
    Timestamp::from_second(time.as_second()).ok().map(Time)
}
