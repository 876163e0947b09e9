//! How Calico was installed, and which version of it.

use calico_core::operator::{self, ContainerView, VERSION_VARIABLE, VersionSource};
use k8s_openapi::api::core::v1::Container;
use serde::Serialize;

use super::cluster::Platform;
use super::installer::{Installer, operator_by};
use super::variant::{Variant, variant};
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, RKE2_CANAL, Variable};
use crate::assess::views::objects::{default_installation, object_of, operator_deployment};
use crate::snapshot::ObjectRef;
use crate::snapshot::{Reading, Snapshot, Store};

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
        by: Installer,
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
        self.method.value() == Some(&Method::Canal)
            && self
                .method
                .from()
                .iter()
                .any(|from| from.object.name.as_deref() == Some(RKE2_CANAL))
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
    let mut from: Vec<Provenance> = nodes.iter().map(|node| node.at("")).collect();
    let by_operator = nodes.iter().any(CalicoNode::is_of_operator);
    let by_manifest = nodes.iter().find(|node| !node.is_of_operator());
    if by_operator && by_manifest.is_some() {
        let value = Method::Migrating;
        return Fact::Known { value, from };
    }
    if let Some(node) = by_manifest {
        if node.is_canal() {
            let value = Method::Canal;
            return Fact::Known { value, from };
        }
        let (variant, evidence) = variant(node);
        from.push(evidence);
        let value = Method::Manifest { variant };
        return Fact::Known { value, from };
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
        from.extend(installation.map(|_| Provenance::new(ObjectRef::installation(), "")));
        from.extend(evidence);
        return Fact::Known { value, from };
    }
    if let Some(operator) = operator_deployment(snapshot) {
        if let Some(why) = snapshot.installations.unknown() {
            return why.into();
        }
        let from = Provenance::new(object_of(operator), "");
        return Fact::known(Method::OperatorOnly, from);
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
        return Fact::known(Method::Remnants, Provenance::all("IPPool"));
    }
    Fact::Known {
        value: Method::Nothing,
        from: ["DaemonSet", "Deployment", "Installation"]
            .map(Provenance::all)
            .into(),
    }
}

/// The Installation's status is written when all is available; before that, and without the
/// operator, calico-node tells the datastore; and before that, there is its image.
fn calico_version(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<String> {
    let missing = "nothing says which version it is";
    let by_status = Fact::of(&snapshot.installations, missing, |_| {
        let installation = default_installation(snapshot)?;
        let from = Provenance::new(ObjectRef::installation(), "status.calicoVersion");
        Some((installation.status.calico_version.clone()?, from))
    });
    let by_image = || match node.and_then(|node| Some((node, node.image_tag()?))) {
        Some((node, tag)) => Fact::known(tag.to_owned(), node.at("image")),
        None => Fact::of(&snapshot.daemon_sets, missing, |_| None),
    };
    let by_information = || {
        Fact::of(&snapshot.cluster_informations, missing, |found| {
            let default = found
                .iter()
                .find(|found| found.metadata.name == "default")?;
            let from = Provenance::new(
                ObjectRef::named("ClusterInformation", "default"),
                "spec.calicoVersion",
            );
            Some((default.spec.calico_version.clone()?, from))
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
        let field = match reported.source {
            VersionSource::ImageTag => "image".to_owned(),
            VersionSource::Variable => format!("env {VERSION_VARIABLE}"),
        };
        let from = Provenance::new(object_of(deployment), field);
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
        return Fact::known(Datastore::Etcd, node.env("ETCD_ENDPOINTS"));
    }
    let group = "CALICO_API_GROUP";
    let is_set = node.variable(group) != Variable::Unset;
    match snapshot.store {
        Store::V1 if is_set => Fact::known(Datastore::V1, node.env(group)),
        Store::V1 => {
            let default = Provenance::default_of(node.object(), format!("env {group}"));
            Fact::known(Datastore::V1, default)
        }
        Store::V3 if is_set => Fact::known(Datastore::V3, node.env(group)),
        Store::V3 => Fact::known(Datastore::V3, Provenance::all("DatastoreMigration")),
    }
}
