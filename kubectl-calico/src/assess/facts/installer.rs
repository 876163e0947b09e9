//! What installed the operator and the Installation: Helm, Argo CD, the platform or manifests.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::cluster::Platform;
use crate::assess::provenance::Provenance;
use crate::assess::views::objects::{default_installation, object_of, operator_deployment};
use crate::snapshot::{Meta, ObjectRef, Snapshot};

/// What brought the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "tool")]
pub enum Installer {
    /// Helm.
    Helm {
        /// The release.
        release: String,
        /// Its namespace.
        namespace: String,
    },
    /// Argo CD.
    ArgoCd,
    /// The platform itself, which undoes what others change.
    Platform {
        /// Which.
        platform: Platform,
    },
    /// Manifests.
    Manifests,
}

impl Installer {
    /// Where else a change of the Installation has to be made, so that it lasts.
    pub fn also_change(&self) -> Option<String> {
        match self {
            Self::Helm { release, namespace } => Some(format!(
                "change the values of Helm release {release} in {namespace} too, or its next \
                 upgrade takes it back"
            )),
            Self::ArgoCd => Some("change it in Git too, or Argo CD takes it back".to_owned()),
            Self::Platform { platform } => Some(format!(
                "{} manages this Installation and takes changes back: make them through {0}",
                platform.name()
            )),
            Self::Manifests => None,
        }
    }
}

/// What brought the operator and the Installation, and where that was read.
pub fn operator_by(
    snapshot: &Snapshot,
    platform: Option<Platform>,
) -> (Installer, Vec<Provenance>) {
    let installation = default_installation(snapshot)
        .map(|found| (ObjectRef::installation(), Marks::of(&found.metadata)));
    let operator = operator_deployment(snapshot)
        .map(|found| (object_of(found), Marks::of_object(&found.metadata)));
    for (object, marks) in [installation, operator].into_iter().flatten() {
        let evidence = |field: &str| vec![Provenance::new(&object, field)];
        if marks.addon_manager && platform == Some(Platform::Aks) {
            let by = Installer::Platform {
                platform: Platform::Aks,
            };
            return (by, evidence("label addonmanager.kubernetes.io/mode"));
        }
        if let Some((release, namespace)) = marks.release {
            let from = evidence("annotation meta.helm.sh/release-name");
            // RKE2 brings Calico as a chart of its own, and puts it back when it is changed.
            if platform == Some(Platform::Rke2) && release.starts_with("rke2-") {
                let by = Installer::Platform {
                    platform: Platform::Rke2,
                };
                return (by, from);
            }
            return (Installer::Helm { release, namespace }, from);
        }
        if marks.argo_cd {
            return (
                Installer::ArgoCd,
                evidence("annotation argocd.argoproj.io/tracking-id"),
            );
        }
    }
    (Installer::Manifests, Vec::new())
}

/// What those who install objects leave on them.
struct Marks {
    release: Option<(String, String)>,
    argo_cd: bool,
    addon_manager: bool,
}

impl Marks {
    fn of(meta: &Meta) -> Self {
        Self::read(|key| meta.label(key), |key| meta.annotation(key))
    }

    fn of_object(meta: &ObjectMeta) -> Self {
        let get = |map: Option<&std::collections::BTreeMap<String, String>>, key: &str| {
            map.and_then(|map| map.get(key)).map(ToOwned::to_owned)
        };
        let label = |key: &str| get(meta.labels.as_ref(), key);
        let annotation = |key: &str| get(meta.annotations.as_ref(), key);
        Self::read(label, annotation)
    }

    fn read<S: Into<String>>(
        label: impl Fn(&str) -> Option<S>,
        annotation: impl Fn(&str) -> Option<S>,
    ) -> Self {
        let release = annotation("meta.helm.sh/release-name").map(|release| {
            let namespace = annotation("meta.helm.sh/release-namespace").map(Into::into);
            (release.into(), namespace.unwrap_or_default())
        });
        Self {
            release,
            argo_cd: annotation("argocd.argoproj.io/tracking-id").is_some()
                || label("argocd.argoproj.io/instance").is_some(),
            addon_manager: label("addonmanager.kubernetes.io/mode").is_some()
                || label("kubernetes.azure.com/managedby").is_some(),
        }
    }
}
