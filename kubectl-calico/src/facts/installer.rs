//! What installed the operator and the Installation: Helm, Argo CD, Flux, the platform or manifests.

use serde::Serialize;

use super::platform::Platform;
use crate::facts::provenance::Provenance;
use crate::snapshot::{ObjectRef, Snapshot};
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
    /// Argo CD.
    ArgoCd,
    /// Flux, from a HelmRelease or a Kustomization.
    Flux,
    /// The platform, which ships Calico and reverts changes to it.
    Platform {
        /// The platform.
        platform: Platform,
    },
    /// Manifests, applied with kubectl.
    Manifests,
}

impl Installer {
    /// How Calico is upgraded, as a clause in the imperative.
    pub fn upgrade(&self) -> String {
        match self {
            Self::Helm { release, namespace } => format!(
                "upgrade the Helm release {release} in {namespace} to the tigera-operator chart of \
                 the new version, after its CRDs"
            ),
            Self::ArgoCd | Self::Flux => {
                "set the new version of the tigera-operator chart in Git".to_owned()
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
            Self::ArgoCd => Some(in_git("Argo CD")),
            Self::Flux => Some(in_git("Flux")),
            Self::Platform { platform } => Some(format!(
                "{} manages this Installation and reverts changes: make them through {0}",
                platform.name()
            )),
            Self::Manifests => None,
        }
    }
}

fn in_git(tool: &str) -> String {
    format!(
        "also change it in Git (`kubectl calico plan -o values` prints values for the chart); \
         otherwise {tool} reverts the change"
    )
}

/// What installed the operator and the Installation, and where that was read.
pub fn installer(snapshot: &Snapshot, platform: Option<Platform>) -> (Installer, Vec<Provenance>) {
    let installation = default_installation(snapshot).map(|found| {
        let meta = &found.metadata;
        let marks = Marks::read(|key| meta.label(key), |key| meta.annotation(key));
        (ObjectRef::installation(), marks)
    });
    let operator = operator_deployment(snapshot).map(|found| {
        let (labels, annotations) = (&found.metadata.labels, &found.metadata.annotations);
        let marks = Marks::read(
            |key| labels.as_ref()?.get(key).map(String::as_str),
            |key| annotations.as_ref()?.get(key).map(String::as_str),
        );
        (object_of(found), marks)
    });
    [installation, operator]
        .into_iter()
        .flatten()
        .find_map(|(object, marks)| {
            let (installer, field) = marks.installer(platform)?;
            Some((installer, vec![Provenance::new(object, field)]))
        })
        .unwrap_or((Installer::Manifests, Vec::new()))
}

/// The labels and annotations that installers leave on objects.
struct Marks {
    /// A Helm release and its namespace.
    release: Option<(String, String)>,
    /// The label or annotation of Argo CD.
    argo_cd: Option<&'static str>,
    /// The label of Flux's helm-controller or kustomize-controller.
    flux: Option<&'static str>,
    /// The label of the add-on manager of AKS.
    addon_manager: Option<&'static str>,
}

impl Marks {
    fn read<'a>(
        label: impl Fn(&str) -> Option<&'a str>,
        annotation: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let release = annotation("meta.helm.sh/release-name").map(|release| {
            let namespace = annotation("meta.helm.sh/release-namespace");
            (release.to_owned(), namespace.unwrap_or_default().to_owned())
        });
        let argo_cd = if annotation("argocd.argoproj.io/tracking-id").is_some() {
            Some("annotation argocd.argoproj.io/tracking-id")
        } else if label("argocd.argoproj.io/instance").is_some() {
            Some("label argocd.argoproj.io/instance")
        } else {
            None
        };
        let flux = if label("helm.toolkit.fluxcd.io/name").is_some() {
            Some("label helm.toolkit.fluxcd.io/name")
        } else if label("kustomize.toolkit.fluxcd.io/name").is_some() {
            Some("label kustomize.toolkit.fluxcd.io/name")
        } else {
            None
        };
        let addon_manager = if label("addonmanager.kubernetes.io/mode").is_some() {
            Some("label addonmanager.kubernetes.io/mode")
        } else if label("kubernetes.azure.com/managedby").is_some() {
            Some("label kubernetes.azure.com/managedby")
        } else {
            None
        };
        Self {
            release,
            argo_cd,
            flux,
            addon_manager,
        }
    }

    /// The installer, and the label or annotation that names it.
    fn installer(self, platform: Option<Platform>) -> Option<(Installer, &'static str)> {
        let by_platform = |platform| Installer::Platform { platform };
        if let Some(label) = self.addon_manager
            && platform == Some(Platform::Aks)
        {
            return Some((by_platform(Platform::Aks), label));
        }
        // Flux runs Helm, whose annotations are there, too.
        if let Some(label) = self.flux {
            return Some((Installer::Flux, label));
        }
        // It renders charts without Helm's annotations: those are from before it took over.
        if let Some(mark) = self.argo_cd {
            return Some((Installer::ArgoCd, mark));
        }
        let (release, namespace) = self.release?;
        // RKE2 ships Calico as a chart, and reverts changes to it.
        let by_rke2 = platform == Some(Platform::Rke2) && release.starts_with("rke2-");
        let installer = if by_rke2 {
            by_platform(Platform::Rke2)
        } else {
            Installer::Helm { release, namespace }
        };
        Some((installer, "annotation meta.helm.sh/release-name"))
    }
}
