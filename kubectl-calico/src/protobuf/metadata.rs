//! `metadata`, and the types that every kind has.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use prost::Message;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct ListMeta {
    #[prost(string, tag = "3")]
    #[serde(rename = "continue")]
    pub(super) continue_token: String,
}

#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectMeta {
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[prost(string, tag = "3")]
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[prost(message, optional, tag = "9")]
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_timestamp: Option<Time>,
    #[prost(btree_map = "string, string", tag = "11")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "12")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// In JSON, a text in RFC 3339, without fractions of a second.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Time {
    #[prost(int64, tag = "1")]
    seconds: i64,
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::from_second(self.seconds).map_err(S::Error::custom)?;
        serializer.collect_str(&time)
    }
}

/// An entry of `status.conditions`, of nodes and of pods alike.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Condition {
    #[prost(string, tag = "1")]
    r#type: String,
    #[prost(string, tag = "2")]
    status: String,
    #[prost(string, tag = "5")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[prost(bytes = "vec", tag = "6")]
    #[serde(serialize_with = "text", skip_serializing_if = "Vec::is_empty")]
    message: Vec<u8>,
}

/// A text that programs wrote. In JSON, the API server replaces what is not UTF-8.
pub(super) fn text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}
