//! Who gives pods their addresses, and what an Installation has to say so that it is Calico.

use calico_core::installation::Installation;
use serde::Serialize;

use crate::assess::facts::Facts;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::install::Method;
use crate::assess::facts::variant::Variant;
use crate::plan::request::PlanRequest;
use crate::snapshot::Snapshot;

/// Who gives pods their addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Networking {
    /// The CNI plugin, in the operator's spelling where it has one.
    pub plugin: String,
    /// Why that one.
    pub why: String,
}

/// A setting of the Installation that the cluster needs beside its pools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// Its path in the Installation's spec.
    #[serde(rename = "path")]
    pub key: SettingKey,
    /// Its value.
    pub value: &'static str,
    /// Why it is needed.
    pub why: String,
}

/// Which setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SettingKey {
    /// What set Kubernetes up.
    #[serde(rename = "kubernetesProvider")]
    Provider,
    /// The CNI plugin.
    #[serde(rename = "cni.type")]
    Cni,
}

impl SettingKey {
    /// Its path in the Installation's spec.
    pub fn path(self) -> &'static [&'static str] {
        match self {
            Self::Provider => &["kubernetesProvider"],
            Self::Cni => &["cni", "type"],
        }
    }
}

const CALICO: &str = "Calico";

impl Networking {
    /// Whether it is Calico, so that pools are needed.
    pub fn is_calico(&self) -> bool {
        self.plugin == CALICO
    }

    pub(crate) fn of(
        snapshot: &Snapshot,
        facts: &Facts,
        request: &PlanRequest,
    ) -> (Self, Vec<Setting>) {
        let networking = Self::found(snapshot, facts, request);
        let settings = match &facts.installation {
            Some(_) => Vec::new(),
            None => settings(facts.cluster.platform.value().copied(), &networking),
        };
        (networking, settings)
    }

    fn found(snapshot: &Snapshot, facts: &Facts, request: &PlanRequest) -> Self {
        let by = |plugin: &str, why: &str| Self {
            plugin: plugin.to_owned(),
            why: why.to_owned(),
        };
        if let Some(there) = &facts.installation {
            return by(&there.effective.cni, "the Installation default says so");
        }
        match facts.install.method.value() {
            Some(Method::Canal) => return by("flannel", "Canal is flannel's network"),
            Some(Method::Manifest { variant }) if *variant == Variant::PolicyOnly => {
                return by(
                    "another CNI plugin",
                    "Calico was installed for policies only",
                );
            }
            Some(Method::Manifest { .. }) => return by(CALICO, "it is installed"),
            _ => {}
        }
        if request.concerns_pools() {
            return by(CALICO, "a pool is asked for");
        }
        // What the operator goes by: tigera/operator v1.42.3, core_controller.go (`fillDefaults`).
        let sets = snapshot.daemon_sets.items();
        let aws_node = sets.iter().any(|set| {
            let meta = &set.metadata;
            (meta.namespace.as_deref(), meta.name.as_deref())
                == (Some("kube-system"), Some("aws-node"))
        });
        if aws_node {
            return by("AmazonVPC", "DaemonSet kube-system/aws-node is there");
        }
        let ready = facts
            .cluster
            .nodes
            .value()
            .is_some_and(|nodes| nodes.ready > 0);
        match facts.cluster.platform.value() {
            Some(Platform::Gke) => by("GKE", "GKE's own plugin is always there"),
            // A node without a network plugin is not ready.
            Some(Platform::Aks) if ready => by(
                "a plugin of AKS",
                "nodes are ready without Calico; which plugin AKS gave them, is not known",
            ),
            _ => by(CALICO, "no other CNI plugin is known to be there"),
        }
    }
}

/// AKS is not detected by the operator, and each of the three providers has a default plugin that
/// is not Calico's. Source: tigera/operator v1.42.3, pkg/common/discovery and core_controller.go.
fn settings(platform: Option<Platform>, networking: &Networking) -> Vec<Setting> {
    let (provider, plugin) = match platform {
        Some(Platform::Eks) => ("EKS", "AmazonVPC"),
        Some(Platform::Aks) => ("AKS", "AzureVNET"),
        Some(Platform::Gke) => ("GKE", "GKE"),
        _ => return Vec::new(),
    };
    let mut settings = vec![Setting {
        key: SettingKey::Provider,
        value: provider,
        why: format!("this is {provider}"),
    }];
    if networking.is_calico() {
        settings.push(Setting {
            key: SettingKey::Cni,
            value: CALICO,
            why: format!("the operator's default for {provider} is {plugin}"),
        });
    }
    settings
}

impl Setting {
    /// An Installation that says these, and nothing else.
    pub(crate) fn installation(settings: &[Self]) -> Installation {
        let value = |key: SettingKey| {
            let mut settings = settings.iter();
            let setting = settings.find(|setting| setting.key == key)?;
            Some(setting.value.to_owned())
        };
        Installation {
            provider: value(SettingKey::Provider),
            cni: value(SettingKey::Cni),
            ..Installation::default()
        }
    }
}
