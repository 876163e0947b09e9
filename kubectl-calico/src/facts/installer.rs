//! What installed the operator and the Installation: Helm, a tool that keeps objects as it was told, the platform or
//! manifests.

use serde::Serialize;

use super::owner::Owner;
use super::platform::Platform;
use crate::snapshot::{ObjectRef, Provenance, Snapshot};
use crate::views::marks::Marks;
use crate::views::objects::{default_installation, object_of, operator_deployment};

/// What installed the operator and the Installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "tool")]
pub enum Installer {
    /// Helm.
    Helm {
        /// The name of the release.
        release: String,
        /// The namespace of the release.
        namespace: String,
    },
    /// The platform, which ships Calico and reverts changes to it.
    Platform {
        /// The platform.
        platform: Platform,
    },
    /// Manifests, applied with kubectl.
    Manifests,
    /// A tool that keeps objects as it was told.
    #[serde(untagged)]
    Owner {
        /// The tool.
        tool: Owner,
    },
}

impl Installer {
    /// How Calico is upgraded, as a clause in the imperative.
    pub fn upgrade(&self) -> String {
        match self {
            Self::Helm { release, namespace } => format!(
                "upgrade the Helm release {release} in {namespace} to the tigera-operator chart of \
                 the new version, after its CRDs"
            ),
            Self::Owner { tool } => {
                format!("set the new version of the operator {}", tool.place())
            }
            Self::Platform { platform } => format!("upgrade it through {}", platform.name()),
            Self::Manifests => "apply operator-crds.yaml and tigera-operator.yaml of the new \
                                version"
                .to_owned(),
        }
    }

    /// Where else a change to the Installation must be made so that it lasts.
    pub fn also_change(&self) -> Option<String> {
        match self {
            Self::Helm { release, namespace } => Some(format!(
                "also change the values of the Helm release {release} in {namespace}; otherwise \
                 the next upgrade reverts the change"
            )),
            Self::Owner { tool } => Some(tool.also_change()),
            Self::Platform { platform } => Some(format!(
                "{} manages this Installation and reverts changes: make them {}",
                platform.name(),
                place(*platform)
            )),
            Self::Manifests => None,
        }
    }
}

/// Where a change to the Installation of a platform lasts.
fn place(platform: Platform) -> String {
    match platform {
        Platform::Rke2 => format!("in the values of {RKE2_VALUES}, below installation"),
        other => format!("through {}", other.name()),
    }
}

/// Where RKE2 has the values of its chart from.
/// Source: RKE2 documentation, Helm Integration (Customizing packaged components).
pub const RKE2_VALUES: &str = "the HelmChartConfig rke2-calico in kube-system";

/// What installed the operator and the Installation, and where that was read.
pub fn installer(snapshot: &Snapshot, platform: Option<Platform>) -> (Installer, Vec<Provenance>) {
    let installation = default_installation(snapshot)
        .map(|found| (ObjectRef::installation(), Marks::from(&found.metadata)));
    let operator =
        operator_deployment(snapshot).map(|found| (object_of(found), Marks::from(&found.metadata)));
    [installation, operator]
        .into_iter()
        .flatten()
        .find_map(|(object, marks)| {
            let (installer, field) = of(&marks, platform)?;
            Some((installer, vec![Provenance::new(object, field)]))
        })
        .unwrap_or((Installer::Manifests, Vec::new()))
}

/// Whether a Helm release is that of a chart that RKE2 ships, and reverts changes to. If the nodes could not be read, its
/// name says so.
pub fn is_of_rke2(platform: Option<Platform>, release: &str) -> bool {
    platform.is_none_or(|platform| platform == Platform::Rke2) && release.starts_with("rke2-")
}

/// The labels of what AKS installs.
const AKS_LABELS: [&str; 2] = [
    "addonmanager.kubernetes.io/mode",
    "kubernetes.azure.com/managedby",
];

/// What an object with these marks was installed by, and the mark that says so.
fn of(marks: &Marks, platform: Option<Platform>) -> Option<(Installer, String)> {
    let by_platform = |platform| Installer::Platform { platform };
    if platform == Some(Platform::Aks)
        && let Some(label) = AKS_LABELS.iter().find(|key| marks.label(key).is_some())
    {
        return Some((by_platform(Platform::Aks), format!("label {label}")));
    }
    // Flux and Fleet run Helm, and others render charts that once were Helm's: its annotations are there, too.
    if let Some((tool, mark)) = Owner::of(marks) {
        return Some((Installer::Owner { tool }, mark));
    }
    let (release, namespace) = marks.release()?;
    let by_rke2 = is_of_rke2(platform, release);
    let installer = if by_rke2 {
        by_platform(Platform::Rke2)
    } else {
        Installer::Helm {
            release: release.to_owned(),
            namespace: namespace.to_owned(),
        }
    };
    Some((installer, "annotation meta.helm.sh/release-name".to_owned()))
}
