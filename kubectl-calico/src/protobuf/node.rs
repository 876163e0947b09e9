//! Nodes. Of a large one, most is the list of its images, which is skipped.

use std::collections::BTreeMap;

use prost::Message;
use serde::Serialize;

use super::metadata::{Condition, ObjectMeta};

#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Node {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<NodeSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<NodeStatus>,
}

#[derive(Clone, PartialEq, Message, Serialize)]
struct NodeSpec {
    #[prost(string, tag = "3")]
    #[serde(rename = "providerID", skip_serializing_if = "String::is_empty")]
    provider_id: String,
    #[prost(bool, tag = "4")]
    unschedulable: bool,
    #[prost(message, repeated, tag = "5")]
    taints: Vec<Taint>,
    #[prost(string, repeated, tag = "7")]
    #[serde(rename = "podCIDRs")]
    pod_cidrs: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Serialize)]
struct Taint {
    #[prost(string, tag = "1")]
    key: String,
}

#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeStatus {
    #[prost(btree_map = "string, message", tag = "2")]
    allocatable: BTreeMap<String, Quantity>,
    #[prost(message, repeated, tag = "4")]
    conditions: Vec<Condition>,
    #[prost(message, repeated, tag = "5")]
    addresses: Vec<NodeAddress>,
    #[prost(message, optional, tag = "7")]
    #[serde(skip_serializing_if = "Option::is_none")]
    node_info: Option<NodeSystemInfo>,
}

#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(transparent)]
struct Quantity {
    #[prost(string, tag = "1")]
    string: String,
}

#[derive(Clone, PartialEq, Message, Serialize)]
struct NodeAddress {
    #[prost(string, tag = "1")]
    r#type: String,
    #[prost(string, tag = "2")]
    address: String,
}

#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeSystemInfo {
    #[prost(string, tag = "4")]
    kernel_version: String,
    #[prost(string, tag = "5")]
    os_image: String,
    #[prost(string, tag = "7")]
    kubelet_version: String,
    #[prost(string, tag = "9")]
    operating_system: String,
}
