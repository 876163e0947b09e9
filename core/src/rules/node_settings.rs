//! Rules for settings of Calico's own pods and of the paths on each node.

use serde_yaml::Value;

use crate::catalog::Entry;
use crate::text::{quoted, shown};

use super::case::Case;
use super::details::Details;
use super::rejection::{CORE_VALIDATION, REJECTED_BY_CORE_CONTROLLER};
use super::rule::{Enforcement, Rule};

pub(super) const ABSOLUTE_PATH: Rule = Rule {
    entry: Entry {
        code: "absolute-path",
        title: "flexVolumePath and kubeletVolumePluginPath must be absolute paths or None",
        meaning: "These are directories on each node, for flex volumes and for the kubelet's \
                  volume plugins. None disables the feature.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "An empty string is treated as unset. None is case-sensitive.",
        fix: "Use a path that starts with a slash, or None.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        [
            ("flexVolumePath", "FlexVolumePath"),
            ("kubeletVolumePluginPath", "KubeletVolumePluginPath"),
        ]
        .into_iter()
        .filter_map(|(key, name)| {
            let path = case.text(key)?;
            let is_valid = path.is_empty() || path == "None" || path.starts_with('/');
            (!is_valid).then(|| {
                Details::at(
                    format!("spec.{key}"),
                    format!("{} is neither an absolute path nor None", quoted(path)),
                    case.core_controller_rejects(&format!(
                        "installation spec.{name} '{}' is not an absolute path",
                        shown(path)
                    )),
                    "use a path that starts with a slash, or None",
                )
            })
        })
        .collect()
    },
};

pub(super) const UPDATE_STRATEGY: Rule = Rule {
    entry: Entry {
        code: "update-strategy",
        title: "nodeUpdateStrategy.type must be RollingUpdate",
        meaning: "spec.nodeUpdateStrategy is the update strategy of the calico-node DaemonSet.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "An empty string is treated as unset.",
        fix: "Use RollingUpdate, or remove the type.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let kind = case.text("nodeUpdateStrategy.type").unwrap_or_default();
        if matches!(kind, "" | "RollingUpdate") {
            return Vec::new();
        }
        vec![Details::at(
            "spec.nodeUpdateStrategy.type",
            format!("{} is not supported", quoted(kind)),
            case.core_controller_rejects(
                "installation spec.NodeUpdateStrategy.type is not supported",
            ),
            "use RollingUpdate",
        )]
    },
};

pub(super) const CONTROL_PLANE: Rule = Rule {
    entry: Entry {
        code: "control-plane",
        title: "controlPlaneReplicas must be greater than 0, and controlPlaneNodeSelector must not \
                select an operating system other than Linux",
        meaning: "These set the number of replicas and the nodes of Calico components that do not \
                  run on every node.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "The labels kubernetes.io/os and beta.kubernetes.io/os are checked.",
        fix: "Set at least one replica, and select linux or no operating system.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let replicas = case
            .integer("controlPlaneReplicas")
            .filter(|replicas| *replicas <= 0)
            .map(|replicas| {
                Details::at(
                    "spec.controlPlaneReplicas",
                    format!("{replicas} is not greater than 0"),
                    case.core_controller_rejects(
                        "installation spec.ControlPlaneReplicas should be greater than 0",
                    ),
                    "set it to 1 or more",
                )
            });
        let selector = case.setting("controlPlaneNodeSelector");
        let systems = ["beta.kubernetes.io/os", "kubernetes.io/os"]
            .into_iter()
            .filter_map(|label| Some((label, selector?.get(label)?.as_str()?)))
            .filter(|(_, system)| *system != "linux")
            .map(|(label, system)| {
                Details::at(
                    "spec.controlPlaneNodeSelector",
                    format!("{label} is {}", quoted(system)),
                    case.core_controller_rejects(&format!(
                        "installation spec.ControlPlaneNodeSelector '{label}={}' is not supported",
                        shown(system)
                    )),
                    format!("set {label}: linux, or remove it"),
                )
            });
        replicas.into_iter().chain(systems).collect()
    },
};

pub(super) const COMPONENT_RESOURCES: Rule = Rule {
    entry: Entry {
        code: "component-resources",
        title: "componentResources must name only Node, Typha or KubeControllers",
        meaning: "spec.componentResources sets the resources of Calico's pods. It is deprecated: \
                  the overrides of each DaemonSet and Deployment replace it.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "The CRD of operator 1.42 and later has three more names, but the operator \
                   rejects them.",
        fix: "Use one of the three names, or the overrides of the component.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let list = case
            .setting("componentResources")
            .and_then(Value::as_sequence);
        list.into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(index, entry)| {
                let name = entry.get("componentName")?.as_str()?;
                let is_later = ["NodeWindows", "FelixWindows", "ConfdWindows"].contains(&name);
                (is_later && case.operator.since(42)).then(|| {
                    Details::at(
                        format!("spec.componentResources[{index}].componentName"),
                        format!("the operator does not support {name}"),
                        case.core_controller_rejects(&format!(
                            "installation spec.ComponentResources.ComponentName {name} is not \
                             supported"
                        )),
                        "use calicoNodeWindowsDaemonSet",
                    )
                })
            })
            .collect()
    },
};

pub(super) const CNI_LOGGING: Rule = Rule {
    entry: Entry {
        code: "cni-logging",
        title: "the limits in logging.cni must be greater than 0, and logFileMaxSize must have a \
                suffix such as Mi",
        meaning: "spec.logging.cni limits the log files of Calico's CNI plugin on each node.",
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "logFileMaxCount and logFileMaxAgeDays are integers. logFileMaxSize is a \
                   quantity with a binary suffix: Ki, Mi, Gi, Ti, Pi or Ei. Checked with Calico's \
                   CNI plugin; for other plugins, see calico-cni-only.",
        fix: "Use a number of at least 1, and a size such as 100Mi.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.effective.is_calico_cni() {
            return Vec::new();
        }
        let numbers = ["logFileMaxCount", "logFileMaxAgeDays"]
            .into_iter()
            .filter_map(|key| Some((key, case.integer(&format!("logging.cni.{key}"))?)))
            .filter(|(_, number)| *number <= 0)
            .map(|(key, number)| logging(case, key, &number.to_string()));
        let size = case
            .setting("logging.cni.logFileMaxSize")
            .filter(|size| !is_binary_size(size))
            .map(|size| {
                let size = size.as_str().map_or("a number", |size| size);
                logging(case, "logFileMaxSize", size)
            });
        numbers.chain(size).collect()
    },
};

fn logging(case: &Case, key: &str, value: &str) -> Details {
    let (fix, message) = match key {
        "logFileMaxSize" => (
            "use a size such as 100Mi",
            "spec.Logging.cni.logFileMaxSize format is not corrent. Suffix should be Ki | Mi | Gi | \
             Ti | Pi | Ei",
        ),
        "logFileMaxCount" => (
            "use a number of at least 1",
            "spec.loggingConfig.cni.logFileMaxCount value should be greater than zero",
        ),
        _ => (
            "use a number of at least 1",
            "spec.Logging.cni.logFileMaxAgeDays should be a positive non-zero integer",
        ),
    };
    Details::at(
        format!("spec.logging.cni.{key}"),
        format!("{} is not a valid limit", shown(value)),
        case.core_controller_rejects(message),
        fix,
    )
}

/// Whether a quantity is positive and, as Kubernetes parses it, in a binary format.
fn is_binary_size(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let suffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    suffixes
        .into_iter()
        .find_map(|suffix| text.strip_suffix(suffix))
        .and_then(|number| number.parse::<f64>().ok())
        .is_some_and(|number| number > 0.0)
}
