//! Why a container of calico-node cannot be created, by what the kubelet and the runtime say.

use crate::assess::check::Case;
use crate::phrases::pasted;
use crate::snapshot::Pod;

/// A cause, and what to do.
pub(crate) struct WaitingCause {
    /// What to do, as a clause in the imperative.
    pub(crate) fix: String,
    /// The command for it; empty if there is none better than to describe the pod.
    pub(crate) command: String,
}

/// The cause of a container that waits for anything but its image, a restart, or other containers.
pub(crate) fn of(case: &Case, pod: &Pod) -> Option<WaitingCause> {
    let waiting = pod.statuses().find_map(|container| {
        let waiting = container.state.waiting.as_ref()?;
        (!waiting.is_starting()).then_some(waiting)
    })?;
    let message = waiting.message.as_str();
    let of = |fix: &str, command: &str| WaitingCause {
        fix: fix.to_owned(),
        command: command.to_owned(),
    };
    Some(if message.contains("read-only file system") {
        read_only(case)
    } else if let Some((kind, name)) = missing(message) {
        WaitingCause {
            fix: format!(
                "create the {kind} that the pod needs: apply the whole manifest that it comes from"
            ),
            command: format!(
                "kubectl get {} -n {} {}",
                kind.to_lowercase(),
                pasted(pod.metadata.namespace.as_deref().unwrap_or_default()),
                pasted(name)
            ),
        }
    } else if message.contains("exec format error") {
        of("use an image for the node's architecture", "")
    } else {
        of(
            "fix what the container runtime reports: the container cannot be created",
            "",
        )
    })
}

/// A root or /usr that cannot be written: Talos, Flatcar, SLE Micro and others.
/// Source: tigera/operator v1.42.3, api/v1/installation_types.go; siderolabs/talos#6902.
fn read_only(case: &Case) -> WaitingCause {
    let by_operator = case.facts.install.is_run_by_operator();
    if by_operator {
        WaitingCause {
            fix: case.facts.install.lasting(
                "turn off the FlexVolume driver and the CSI driver, whose directories are read-only \
                 on these nodes; only application layer policy needs them",
            ),
            command: "kubectl patch installations.operator.tigera.io default --type merge \\\n  -p \
                      '{\"spec\":{\"flexVolumePath\":\"None\",\"kubeletVolumePluginPath\":\"None\"}}'"
                .to_owned(),
        }
    } else {
        WaitingCause {
            fix: "remove the init container flexvol-driver and its volume from the manifest, or give \
                  it a directory that can be written: its directory is read-only on these nodes"
                .to_owned(),
            command: String::new(),
        }
    }
}

/// The object that the kubelet does not find: `configmap "calico-config" not found`.
/// Source: kubernetes v1.34, pkg/kubelet/kubelet_pods.go.
fn missing(message: &str) -> Option<(&'static str, &str)> {
    let kinds = [("configmap \"", "ConfigMap"), ("secret \"", "Secret")];
    kinds.into_iter().find_map(|(text, kind)| {
        let (_, rest) = message.split_once(text)?;
        let (name, rest) = rest.split_once('"')?;
        rest.contains("not found").then_some((kind, name))
    })
}
