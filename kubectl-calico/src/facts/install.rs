//! How Calico is installed, and which version.

use calico_core::operator::OperatorVersion;
use serde::Serialize;

use super::bundle::{Bundle, bundle};
use super::datastore::{Datastore, datastore};
use super::installer::Installer;
use super::method::{Method, method};
use super::owner::Hold;
use super::platform::Platform;
use super::versions::{calico_version, enterprise_version, operator_version};
use crate::facts::fact::Fact;
use crate::snapshot::Snapshot;
use crate::views::calico_node::{CalicoNode, RKE2_CANAL};
use crate::views::objects::default_installation;
use crate::views::pods;

/// The installation of Calico.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Install {
    /// How Calico was installed.
    pub method: Fact<Method>,
    /// Calico's version, such as `v3.32.1`.
    pub calico: Fact<String>,
    /// The version of Calico Enterprise, if that is installed. `calico` is then the version of the Calico
    /// that it is built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<Fact<String>>,
    /// The operator's version, such as `v1.42.3`.
    pub operator: Fact<String>,
    /// The tool or platform whose own manifests Calico was installed from, if it is a known one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Fact<Bundle>>,
    /// Where Calico stores its data.
    pub datastore: Fact<Datastore>,
    /// Whether the Installation is being deleted, with which the operator removes Calico.
    #[serde(skip)]
    pub is_being_removed: bool,
    /// Whether a pod of calico-node exists, or the operator reports on Calico, which shows that Calico is installed if
    /// nothing else was read.
    #[serde(skip)]
    pub is_evident: bool,
}

fn is_evident(snapshot: &Snapshot) -> bool {
    let is_reported = || {
        let mut statuses = snapshot.tigera_statuses.items().iter();
        statuses.any(|status| status.metadata.name == "calico")
    };
    pods::wanted(snapshot).any(|pod| matches!(pods::app(pod), "calico-node" | "canal"))
        || is_reported()
}

impl Install {
    /// The installation in a snapshot.
    pub fn of(snapshot: &Snapshot, platform: &Fact<Platform>) -> Self {
        let node = CalicoNode::current(snapshot);
        let enterprise = enterprise_version(snapshot, node);
        Self {
            method: method(snapshot, platform.value().copied()),
            calico: calico_version(snapshot, node, enterprise.is_some()),
            enterprise,
            bundle: bundle(snapshot, platform.value().copied(), node),
            operator: operator_version(snapshot),
            datastore: datastore(snapshot, node),
            is_evident: is_evident(snapshot),
            is_being_removed: default_installation(snapshot)
                .is_some_and(|found| found.metadata.deletion_timestamp.is_some()),
        }
    }

    /// The bundle, if it is one.
    pub fn bundled_with(&self) -> Option<Bundle> {
        self.bundle.as_ref()?.value().copied()
    }

    /// Whether Calico uses its own etcd, so that its resources in the Kubernetes API mean nothing.
    pub fn is_in_etcd(&self) -> bool {
        self.datastore.value() == Some(&Datastore::Etcd)
    }

    /// Whether RKE2 installed the operator, from its own chart.
    pub fn is_by_rke2(&self) -> bool {
        let by_rke2 = Installer::Platform {
            platform: Platform::Rke2,
        };
        matches!(self.method.value(), Some(Method::Operator { by }) if *by == by_rke2)
    }

    /// The platform that keeps the Installation as it ships it, without a setting for it: it reverts what
    /// others change.
    pub fn only_as_shipped(&self) -> Option<Platform> {
        match self.method.value() {
            Some(Method::Operator {
                by: Installer::Platform { platform },
            }) if *platform != Platform::Rke2 => Some(*platform),
            _ => None,
        }
    }

    /// Whether the Installation can be changed only where the platform or a tool has it from: it reverts patches
    /// sooner or later, and the operator then deletes pools under their pods.
    pub fn is_changed_elsewhere(&self) -> bool {
        match self.method.value() {
            Some(Method::Operator { by }) => match by {
                Installer::Platform { .. } => true,
                Installer::Owner { tool } => tool.hold() == Hold::ThereOnly,
                Installer::Helm { .. } | Installer::Manifests => false,
            },
            _ => false,
        }
    }

    /// A change to the Installation, followed by where else it must be made to last.
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

    /// Calico or Calico Enterprise, with its version if that is known.
    pub fn product(&self) -> String {
        let (name, version) = match &self.enterprise {
            Some(version) => ("Calico Enterprise", version),
            None => ("Calico", &self.calico),
        };
        match version.value() {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        }
    }

    /// Calico's version if it is a release, so that it can be part of a URL.
    pub fn release(&self) -> Option<&str> {
        if self.enterprise.is_some() {
            return None;
        }
        let version = self.calico.value()?;
        let parts: Vec<&str> = version.strip_prefix('v')?.split('.').collect();
        let numeric = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        (parts.len() == 3 && parts.iter().all(numeric)).then_some(version)
    }

    /// The URL of a manifest of that release.
    pub fn manifest_url(&self, file: &str) -> Option<String> {
        self.release().map(|release| url(release, file))
    }

    /// The URL of a manifest of the operator's release: that of the installed Calico, unless the operator was
    /// upgraded and has yet to upgrade Calico.
    pub fn operator_manifest_url(&self, file: &str) -> Option<String> {
        let version = self.operator.value();
        let Some(operator) = version.and_then(|it| it.parse::<OperatorVersion>().ok()) else {
            return self.manifest_url(file);
        };
        let calico = operator.calico().filter(|_| self.enterprise.is_none())?;
        let same = |release: &&str| release.starts_with(&format!("v{calico}."));
        let installed = || self.release().filter(same).map(str::to_owned);
        let release = operator.calico_release().or_else(installed);
        // One that is newer than the releases that are known here.
        let release = release.unwrap_or_else(|| format!("release-v{calico}"));
        Some(url(&release, file))
    }

    /// The minor version of Calico 3: 32 for `v3.32.1`, or for `v3.32` if no more is known.
    pub fn calico_minor(&self) -> Option<u32> {
        let version = self.calico.value()?;
        let bare = version.strip_prefix('v').unwrap_or(version);
        let rest = bare.strip_prefix("3.")?;
        let minor = rest.split('.').next()?;
        minor.parse().ok()
    }

    /// Whether Calico's data may be in its own etcd, for all that is known.
    pub fn may_be_in_etcd(&self) -> bool {
        self.is_in_etcd() || matches!(self.datastore, Fact::Unknown { .. })
    }

    /// Whether it is known that nothing of Calico runs, except perhaps its operator.
    pub fn is_missing(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Nothing | Method::Remnants | Method::OperatorOnly)
        )
    }

    /// Whether Calico runs without the operator.
    pub fn is_from_manifests(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Manifest { .. } | Method::Canal)
        )
    }

    /// Whether it is Canal.
    pub fn is_canal(&self) -> bool {
        self.method.value() == Some(&Method::Canal)
    }

    /// Whether it is the Canal that RKE2 ships, by the name of its DaemonSet.
    pub fn is_canal_of_rke2(&self) -> bool {
        self.method.value() == Some(&Method::Canal)
            && self
                .method
                .from()
                .iter()
                .any(|from| from.object.name.as_deref() == Some(RKE2_CANAL))
    }

    /// Whether the operator manages calico-node, or is taking over that of a manifest.
    pub fn is_run_by_operator(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Operator { .. } | Method::Migrating)
        )
    }

    /// Whether the operator manages calico-node, or will, once somebody runs it.
    pub fn is_left_to_operator(&self) -> bool {
        matches!(
            self.method.value(),
            Some(Method::Operator { .. } | Method::Migrating | Method::InstallationOnly)
        )
    }
}

/// The URL of a manifest in a tag or branch of projectcalico/calico, which kept them in another directory from
/// 3.21 to 3.23.
fn url(of: &str, file: &str) -> String {
    let moved = ["v3.21", "v3.22", "v3.23"];
    let directory = if moved.iter().any(|minor| of.contains(minor)) {
        "calico/manifests"
    } else {
        "manifests"
    };
    format!("https://raw.githubusercontent.com/projectcalico/calico/{of}/{directory}/{file}")
}
