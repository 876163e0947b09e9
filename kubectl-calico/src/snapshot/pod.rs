//! Pods, reduced like nodes: there is one of Calico on each.

use serde::{Deserialize, Serialize};

use super::Meta;

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pod {
    /// `metadata`
    pub metadata: Meta,
    /// `spec`
    pub spec: PodSpec,
    /// `status`
    pub status: PodStatus,
}

/// `spec` of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// `nodeName`; empty while it is not scheduled.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub node_name: String,
    /// `hostNetwork`: it has its node's network, and needs no other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub host_network: bool,
    /// `containers`
    pub containers: Vec<Container>,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// `name`
    pub name: String,
    /// `image`
    pub image: String,
    /// `command`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// `args`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
}

/// `status` of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// `phase`: Pending, Running, Succeeded, Failed or Unknown.
    pub phase: String,
    /// `conditions`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<PodCondition>,
    /// `initContainerStatuses`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub init_container_statuses: Vec<ContainerStatus>,
    /// `containerStatuses`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub container_statuses: Vec<ContainerStatus>,
}

/// An entry of `status.conditions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodCondition {
    /// `type`: Ready, PodScheduled, …
    #[serde(rename = "type")]
    pub kind: String,
    /// `status`: True, False or Unknown.
    pub status: String,
    /// `reason`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// `message`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// What the kubelet says of a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    /// `name`
    pub name: String,
    /// `image`, as it was asked for where it could not be pulled.
    pub image: String,
    /// `ready`
    pub ready: bool,
    /// `restartCount`
    pub restart_count: u32,
    /// `state`
    pub state: ContainerState,
    /// `lastState`: how it ended before its last restart.
    pub last_state: ContainerState,
}

/// A container's state: at most one of the three is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    /// It does not run yet, or not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<StateReason>,
    /// It runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// It has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<StateReason>,
}

/// A container runs; since when is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Running {}

/// Why a container waits or has ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StateReason {
    /// `reason`: CrashLoopBackOff, ImagePullBackOff, Error, …
    pub reason: String,
    /// `message`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// `exitCode`, of one that has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

impl Pod {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&PodCondition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Whether it is ready.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|c| c.status == "True")
    }

    /// What the kubelet says of its containers, those that run first included.
    pub fn statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        let status = &self.status;
        let init = status.init_container_statuses.iter();
        init.chain(&status.container_statuses)
    }

    /// The value of a flag (`--cluster-cidr`) on the command line of its containers, written as
    /// one word or as two.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.spec.containers.iter().find_map(|container| {
            let mut words = container.command.iter().chain(&container.args);
            flag_in(&mut words, name)
        })
    }
}

/// The value of a flag among words, as `--name=value` or `--name value`.
pub fn flag_in<'a>(words: &mut impl Iterator<Item = &'a String>, name: &str) -> Option<&'a str> {
    while let Some(word) = words.next() {
        match word.strip_prefix(name) {
            Some("") => return words.next().map(String::as_str),
            Some(rest) if rest.starts_with('=') => return rest.strip_prefix('='),
            _ => {}
        }
    }
    None
}
