//! How Calico was installed, and which version of it.

use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};
use calico_core::operator::{self, ContainerView, VERSION_VARIABLE, VersionSource};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Container;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::cluster::Platform;
use super::workload::{CalicoNode, RKE2_CANAL, Variable};
use crate::assess::fact::Fact;
use crate::snapshot::{Installation, Meta, Reading, Snapshot, Store};

/// What is installed, and by what.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Install {
    /// How.
    pub method: Fact<Method>,
    /// Calico's version, as `v3.32.1`.
    pub calico: Fact<String>,
    /// The operator's version, as `v1.42.3`.
    pub operator: Fact<String>,
    /// Where Calico keeps its data.
    pub datastore: Fact<Datastore>,
}

/// How Calico was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Method {
    /// By the operator.
    Operator {
        /// What brought the operator and the Installation.
        by: OperatorBy,
    },
    /// From one of Calico's manifests, or something made after them.
    Manifest {
        /// Which.
        variant: Variant,
    },
    /// Canal: flannel's network with Calico's policies.
    Canal,
    /// The operator is taking over an install from manifests: both run.
    Migrating,
    /// The operator is there and has nothing to do: there is no Installation named `default`.
    OperatorOnly,
    /// An Installation is there and nothing acts on it: neither the operator nor calico-node runs.
    InstallationOnly,
    /// Nothing runs, but Calico's resources are left from before.
    Remnants,
    /// Calico is not there.
    Nothing,
}

/// What brought the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "tool")]
pub enum OperatorBy {
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

impl OperatorBy {
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

/// Which of Calico's manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Variant {
    /// calico.yaml
    #[serde(rename = "calico.yaml")]
    Calico,
    /// calico-typha.yaml
    #[serde(rename = "calico-typha.yaml")]
    Typha,
    /// calico-vxlan.yaml
    #[serde(rename = "calico-vxlan.yaml")]
    Vxlan,
    /// calico-bpf.yaml
    #[serde(rename = "calico-bpf.yaml")]
    Bpf,
    /// calico-policy-only.yaml
    #[serde(rename = "calico-policy-only.yaml")]
    PolicyOnly,
    /// calico-etcd.yaml
    #[serde(rename = "calico-etcd.yaml")]
    Etcd,
    /// calico-v3-crds.yaml
    #[serde(rename = "calico-v3-crds.yaml")]
    V3Crds,
}

impl Variant {
    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Calico => "calico.yaml",
            Self::Typha => "calico-typha.yaml",
            Self::Vxlan => "calico-vxlan.yaml",
            Self::Bpf => "calico-bpf.yaml",
            Self::PolicyOnly => "calico-policy-only.yaml",
            Self::Etcd => "calico-etcd.yaml",
            Self::V3Crds => "calico-v3-crds.yaml",
        }
    }
}

/// Where Calico keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Datastore {
    /// Kubernetes, in crd.projectcalico.org/v1.
    #[serde(rename = "crd.projectcalico.org/v1")]
    V1,
    /// Kubernetes, in projectcalico.org/v3.
    #[serde(rename = "projectcalico.org/v3")]
    V3,
    /// An etcd of its own, which the Kubernetes API does not show.
    #[serde(rename = "etcd")]
    Etcd,
}

/// The Installation that the operator reads.
pub fn default_installation(snapshot: &Snapshot) -> Option<&Installation> {
    named(snapshot, DEFAULT_NAME)
}

/// The one that it lays over the other.
pub fn overlay_installation(snapshot: &Snapshot) -> Option<&Installation> {
    named(snapshot, OVERLAY_NAME)
}

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Installation> {
    let installations = snapshot.installations.items();
    installations
        .iter()
        .find(|found| found.metadata.name == name)
}

/// The operator's Deployment, in whatever namespace its release is.
pub fn operator_deployment(snapshot: &Snapshot) -> Option<&Deployment> {
    named_deployment(&snapshot.operators, operator::DEPLOYMENT)
}

/// The Deployment of that name that runs a part of Calico.
pub fn deployment<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Deployment> {
    named_deployment(&snapshot.deployments, name)
}

fn named_deployment<'a>(
    deployments: &'a Reading<Vec<Deployment>>,
    name: &str,
) -> Option<&'a Deployment> {
    let mut deployments = deployments.items().iter();
    deployments.find(|found| found.metadata.name.as_deref() == Some(name))
}

/// `Deployment NAMESPACE/NAME`
pub fn deployment_name(deployment: &Deployment) -> String {
    let meta = &deployment.metadata;
    format!(
        "Deployment {}/{}",
        meta.namespace.as_deref().unwrap_or_default(),
        meta.name.as_deref().unwrap_or_default()
    )
}

/// Why nothing is known of what is kept in etcd.
pub const IN_ETCD: &str = "kept in Calico's own etcd";

impl Install {
    /// Whether what the Kubernetes API may hold of Calico's resources is not what it works with.
    pub fn is_in_etcd(&self) -> bool {
        self.datastore.value() == Some(&Datastore::Etcd)
    }

    /// What to do to the Installation, with where else to do it so that it lasts.
    pub fn lasting(&self, what: impl Into<String>) -> String {
        let what = what.into();
        let also = match self.method.value() {
            Some(Method::Operator { by }) => by.also_change(),
            _ => None,
        };
        match also {
            Some(also) => format!("{what}; {also}"),
            None => what,
        }
    }

    /// Calico's version where it is that of a release, and may so be a part of an address.
    pub fn release(&self) -> Option<&str> {
        let version = self.calico.value()?;
        let parts: Vec<&str> = version.strip_prefix('v')?.split('.').collect();
        let numeric = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        (parts.len() == 3 && parts.iter().all(numeric)).then_some(version)
    }

    /// The address of one of that release's manifests.
    pub fn manifest_url(&self, file: &str) -> Option<String> {
        let release = self.release()?;
        Some(format!(
            "https://raw.githubusercontent.com/projectcalico/calico/{release}/manifests/{file}"
        ))
    }

    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot, platform: &Fact<Platform>) -> Self {
        let node = CalicoNode::current(snapshot);
        Self {
            method: method(snapshot, platform.value().copied()),
            calico: calico_version(snapshot, node),
            operator: operator_version(snapshot),
            datastore: datastore(snapshot, node),
        }
    }

    /// The minor of its version: 32 of `v3.32.1`.
    pub fn calico_minor(&self) -> Option<u32> {
        let version = self.calico.value()?;
        let bare = version.strip_prefix('v').unwrap_or(version);
        let (minor, _) = bare.strip_prefix("3.")?.split_once('.')?;
        minor.parse().ok()
    }

    /// Whether it runs from manifests, without an operator.
    pub fn is_from_manifests(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Manifest { .. } | Method::Canal)
        )
    }

    /// Whether it is the Canal that RKE2 brings, by the DaemonSet that tells of it.
    pub fn is_canal_of_rke2(&self) -> bool {
        let told = |from: &String| from.ends_with(&format!("/{RKE2_CANAL}"));
        self.method.value() == Some(&Method::Canal) && self.method.from().iter().any(told)
    }

    /// Whether the operator looks after calico-node, or is about to.
    pub fn is_by_operator(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Operator { .. } | Method::Migrating | Method::InstallationOnly)
        )
    }
}

fn method(snapshot: &Snapshot, platform: Option<Platform>) -> Fact<Method> {
    let nodes = CalicoNode::all(snapshot);
    let names: Vec<String> = nodes
        .iter()
        .map(|node| format!("DaemonSet {}", node.name()))
        .collect();
    let known = |value, mut from: Vec<String>, more: Vec<String>| {
        from.extend(more);
        Fact::Known { value, from }
    };
    let by_operator = nodes.iter().any(CalicoNode::is_of_operator);
    let by_manifest = nodes.iter().find(|node| !node.is_of_operator());
    if by_operator && by_manifest.is_some() {
        return known(Method::Migrating, names, Vec::new());
    }
    if let Some(node) = by_manifest {
        if node.is_canal() {
            return known(Method::Canal, names, Vec::new());
        }
        let (variant, evidence) = variant(node);
        return known(Method::Manifest { variant }, names, vec![evidence]);
    }
    let installation = default_installation(snapshot);
    if by_operator || installation.is_some() {
        let (by, evidence) = operator_by(snapshot, platform);
        let running = by_operator || operator_deployment(snapshot).is_some();
        // Without the right to list Deployments nothing says that the operator is gone.
        let value = if running || snapshot.operators.unknown().is_some() {
            Method::Operator { by }
        } else {
            Method::InstallationOnly
        };
        let mut from = names;
        from.extend(installation.map(|_| format!("Installation {DEFAULT_NAME}")));
        return known(value, from, evidence);
    }
    if let Some(operator) = operator_deployment(snapshot) {
        if let Some(why) = snapshot.installations.unknown() {
            return why.into();
        }
        return Fact::known(Method::OperatorOnly, deployment_name(operator));
    }
    let unread = [
        snapshot.daemon_sets.unknown(),
        snapshot.operators.unknown(),
        snapshot.installations.unknown(),
    ];
    if let Some(why) = unread.into_iter().flatten().next() {
        return why.into();
    }
    if !snapshot.ip_pools.items().is_empty() {
        return Fact::known(Method::Remnants, "ippools");
    }
    Fact::known(
        Method::Nothing,
        "no calico-node, no operator and no Installation",
    )
}

/// Told by what differs between Calico's manifests: the environment of calico-node.
/// Source: projectcalico/calico v3.32.1, manifests/.
fn variant(node: &CalicoNode) -> (Variant, String) {
    let is = |name: &str, wanted: &str| {
        node.value(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(wanted))
    };
    let (variant, variable) = if node.variable("ETCD_ENDPOINTS") != Variable::Unset {
        (Variant::Etcd, "ETCD_ENDPOINTS")
    } else if is("CALICO_API_GROUP", "projectcalico.org/v3") {
        (Variant::V3Crds, "CALICO_API_GROUP")
    } else if is("CALICO_MANAGE_CNI", "false") || is("CALICO_NETWORKING_BACKEND", "none") {
        (Variant::PolicyOnly, "CALICO_NETWORKING_BACKEND")
    } else if is("FELIX_BPFENABLED", "true") {
        (Variant::Bpf, "FELIX_BPFENABLED")
    } else if is("CALICO_NETWORKING_BACKEND", "vxlan") {
        (Variant::Vxlan, "CALICO_NETWORKING_BACKEND")
    } else if node.variable("FELIX_TYPHAK8SSERVICENAME") != Variable::Unset {
        (Variant::Typha, "FELIX_TYPHAK8SSERVICENAME")
    } else {
        (Variant::Calico, "CALICO_NETWORKING_BACKEND")
    };
    (variant, node.evidence(&format!("env {variable}")))
}

/// What brought the operator and the Installation, and where that was read.
pub fn operator_by(snapshot: &Snapshot, platform: Option<Platform>) -> (OperatorBy, Vec<String>) {
    let installation = default_installation(snapshot).map(|found| {
        (
            format!("Installation {DEFAULT_NAME}"),
            Marks::of(&found.metadata),
        )
    });
    let operator = operator_deployment(snapshot)
        .map(|found| (deployment_name(found), Marks::of_object(&found.metadata)));
    for (object, marks) in [installation, operator].into_iter().flatten() {
        let evidence = |what: &str| vec![format!("{object} {what}")];
        if marks.addon_manager && platform == Some(Platform::Aks) {
            let by = OperatorBy::Platform {
                platform: Platform::Aks,
            };
            return (by, evidence("label addonmanager.kubernetes.io/mode"));
        }
        if let Some((release, namespace)) = marks.release {
            let from = evidence("annotation meta.helm.sh/release-name");
            // RKE2 brings Calico as a chart of its own, and puts it back when it is changed.
            if platform == Some(Platform::Rke2) && release.starts_with("rke2-") {
                let by = OperatorBy::Platform {
                    platform: Platform::Rke2,
                };
                return (by, from);
            }
            return (OperatorBy::Helm { release, namespace }, from);
        }
        if marks.argo_cd {
            return (OperatorBy::ArgoCd, evidence("argocd.argoproj.io"));
        }
    }
    (OperatorBy::Manifests, Vec::new())
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

/// The Installation's status is written when all is available; before that, and without the
/// operator, calico-node tells the datastore; and before that, there is its image.
fn calico_version(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<String> {
    let missing = "nothing says which version it is";
    let told = |version: Option<&String>, from: &str| Some((version?.clone(), from.to_owned()));
    let by_status = Fact::of(&snapshot.installations, missing, |_| {
        let installation = default_installation(snapshot)?;
        let from = "Installation default status.calicoVersion";
        told(installation.status.calico_version.as_ref(), from)
    });
    let by_image = || match node.and_then(|node| Some((node, node.image_tag()?))) {
        Some((node, tag)) => Fact::known(tag.to_owned(), node.evidence("image of calico-node")),
        None => Fact::of(&snapshot.daemon_sets, missing, |_| None),
    };
    let by_information = || {
        Fact::of(&snapshot.cluster_informations, missing, |found| {
            let default = found
                .iter()
                .find(|found| found.metadata.name == "default")?;
            let from = "ClusterInformation default spec.calicoVersion";
            told(default.spec.calico_version.as_ref(), from)
        })
    };
    by_status.or(by_image).or(by_information)
}

fn operator_version(snapshot: &Snapshot) -> Fact<String> {
    let missing = if operator_deployment(snapshot).is_some() {
        "the operator's Deployment contains no operator version"
    } else {
        "the operator is not there"
    };
    Fact::of(&snapshot.operators, missing, |_| {
        let deployment = operator_deployment(snapshot)?;
        let pod = deployment.spec.as_ref()?.template.spec.as_ref()?;
        let reported = operator::version_of(pod.containers.iter().map(container_view))?;
        let object = deployment_name(deployment);
        let from = match reported.source {
            VersionSource::ImageTag => format!("{object} image"),
            VersionSource::Variable => format!("{object} env {VERSION_VARIABLE}"),
        };
        Some((reported.text.to_owned(), from))
    })
}

fn container_view(container: &Container) -> ContainerView<'_> {
    let variable = container
        .env
        .iter()
        .flatten()
        .find(|variable| variable.name == VERSION_VARIABLE);
    ContainerView {
        name: Some(&container.name),
        image: container.image.as_deref(),
        version_variable: variable.map(|variable| variable.value.as_deref().unwrap_or_default()),
    }
}

fn datastore(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<Datastore> {
    let Some(node) = node else {
        return match &snapshot.daemon_sets {
            Reading::Unknown(why) => why.clone().into(),
            _ => Fact::absent("calico-node is not there"),
        };
    };
    if node.variable("ETCD_ENDPOINTS") != Variable::Unset {
        return Fact::known(Datastore::Etcd, node.evidence("env ETCD_ENDPOINTS"));
    }
    match snapshot.store {
        Store::V1 => Fact::known(Datastore::V1, node.evidence("env CALICO_API_GROUP")),
        Store::V3 => Fact::known(
            Datastore::V3,
            node.evidence("env CALICO_API_GROUP, or a DatastoreMigration that has converged"),
        ),
    }
}
