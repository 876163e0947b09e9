//! Pods, reduced like nodes: Calico has one on each.

use serde::{Deserialize, Deserializer, Serialize};

use super::meta::Meta;

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pod {
    pub metadata: Meta,
    pub spec: PodSpec,
    pub status: PodStatus,
}

/// `spec` of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// Empty until the pod is scheduled.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub node_name: String,
    /// Whether the pod uses its node's network, and needs no pod network.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub host_network: bool,
    pub containers: Vec<Container>,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    pub name: String,
    pub image: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
}

/// `status` of a pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// Pending, Running, Succeeded, Failed or Unknown.
    pub phase: String,
    /// The first of its addresses; empty until it has one.
    #[serde(rename = "podIP", skip_serializing_if = "String::is_empty")]
    pub pod_ip: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<PodCondition>,
    #[serde(
        deserialize_with = "container_statuses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub init_container_statuses: Vec<ContainerStatus>,
    #[serde(
        deserialize_with = "container_statuses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub container_statuses: Vec<ContainerStatus>,
}

/// An entry of `status.conditions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodCondition {
    /// Ready, PodScheduled, …
    #[serde(rename = "type")]
    pub kind: String,
    /// True, False or Unknown.
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// The kubelet's status of a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    pub name: String,
    /// The same as in the spec if the image could not be pulled.
    pub image: String,
    pub ready: bool,
    pub restart_count: u32,
    pub state: ContainerState,
    /// How the container ended before its last restart; not kept if the container is ready.
    pub last_state: ContainerState,
}

/// A container's state: at most one of the three is set. Most containers run, so the others are boxed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Box<StateReason>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Box<StateReason>>,
}

/// The container is running. When it started is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Running {}

/// Why a container is waiting or has terminated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StateReason {
    /// CrashLoopBackOff, ImagePullBackOff, Error, …
    pub reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Only set for a terminated container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

impl StateReason {
    /// Whether a container waits for what every one does: a network for the pod, and the end of its init
    /// containers.
    pub fn is_starting(&self) -> bool {
        matches!(
            self.reason.as_str(),
            "ContainerCreating" | "PodInitializing"
        )
    }
}

/// The last message of a program is not kept once the program works again.
fn container_statuses<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<ContainerStatus>, D::Error> {
    let mut statuses = Vec::<ContainerStatus>::deserialize(deserializer)?;
    for status in statuses.iter_mut().filter(|status| status.ready) {
        status.last_state = ContainerState::default();
    }
    Ok(statuses)
}

impl Pod {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&PodCondition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Whether its Ready condition is true.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|c| c.status == "True")
    }

    /// The statuses of its containers, init containers first.
    pub fn statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        let status = &self.status;
        let init = status.init_container_statuses.iter();
        init.chain(&status.container_statuses)
    }

    /// The init container that has not ended yet, while the others wait for it.
    pub fn unfinished_init_container(&self) -> Option<&ContainerStatus> {
        let mut init = self.status.init_container_statuses.iter();
        init.find(|container| {
            let ended = container.state.terminated.as_ref();
            !container.ready && ended.is_none_or(|ended| ended.exit_code != Some(0))
        })
    }

    /// The value of a flag such as `--cluster-cidr` on the command line of its containers.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.spec.containers.iter().find_map(|container| {
            let mut words = container.command.iter().chain(&container.args);
            flag_in(&mut words, name)
        })
    }
}

/// The value of a flag in a command line, written `--name=value` or `--name value`.
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
