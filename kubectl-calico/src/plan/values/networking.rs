//! The CNI plugin that assigns pod addresses, and the settings that make Calico that plugin.

use calico_core::installation::Installation;
use serde::Serialize;

use crate::assess::facts::Facts;
use crate::assess::facts::manifest::Manifest;
use crate::assess::facts::method::Method;
use crate::assess::facts::platform::Platform;
use crate::plan::request::PlanRequest;
use crate::snapshot::Snapshot;

/// The CNI plugin that gives pods their addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Networking {
    /// Its name, in the operator's notation if it has one.
    pub plugin: String,
    /// Why this one.
    pub why: String,
}

/// A setting of the Installation that the cluster needs besides its pools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// The path in the Installation's spec.
    #[serde(rename = "path")]
    pub key: SettingKey,
    /// The value.
    pub value: &'static str,
    /// Why it is needed.
    pub why: String,
}

/// The path of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SettingKey {
    /// The platform.
    #[serde(rename = "kubernetesProvider")]
    Provider,
    /// The CNI plugin.
    #[serde(rename = "cni.type")]
    Cni,
}

impl SettingKey {
    /// The keys from the Installation's spec down.
    pub fn path(self) -> &'static [&'static str] {
        match self {
            Self::Provider => &["kubernetesProvider"],
            Self::Cni => &["cni", "type"],
        }
    }
}

const CALICO: &str = "Calico";

/// What takes the addresses of pods from the pod CIDR of their node.
pub(crate) const HOST_LOCAL: &str = "host-local IPAM";

impl Networking {
    /// Whether Calico gives pods their addresses, so that pools are needed.
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
            return by(&there.effective.cni, "set in Installation/default");
        }
        match facts.install.method.value() {
            Some(Method::Canal) => return by("flannel", "Canal uses flannel for networking"),
            Some(Method::Manifest { variant }) if *variant == Manifest::PolicyOnly => {
                return by(
                    "another CNI plugin",
                    "Calico was installed for network policy only",
                );
            }
            // As on GKE.
            Some(Method::Manifest { .. })
                if facts.by_pod_cidr() && facts.known_pools().is_empty() =>
            {
                return by(
                    HOST_LOCAL,
                    "it takes them from the pod CIDRs of the nodes, and Calico has no pool",
                );
            }
            Some(Method::Manifest { .. }) => return by(CALICO, "Calico is installed"),
            _ => {}
        }
        if request.concerns_pools() {
            return by(CALICO, "a pool is requested");
        }
        // As the operator detects it: tigera/operator v1.42.3, core_controller.go (`fillDefaults`).
        let sets = snapshot.daemon_sets.items();
        let aws_node = sets.iter().any(|set| {
            let meta = &set.metadata;
            (meta.namespace.as_deref(), meta.name.as_deref())
                == (Some("kube-system"), Some("aws-node"))
        });
        if aws_node {
            return by("AmazonVPC", "DaemonSet/kube-system/aws-node exists");
        }
        let ready = facts
            .cluster
            .nodes
            .value()
            .is_some_and(|nodes| nodes.ready > 0);
        match facts.cluster.platform.value() {
            Some(Platform::Gke) => by("GKE", "GKE always installs its own plugin"),
            // A node without a CNI plugin is not ready.
            Some(Platform::Aks) if ready => by(
                "an AKS plugin",
                "nodes are ready without Calico, but it is not known which plugin AKS installed",
            ),
            _ => by(CALICO, "no other CNI plugin was detected"),
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
        why: format!("the cluster runs on {provider}"),
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
    /// An Installation with these settings and no other.
    pub(crate) fn installation(settings: &[Self]) -> Installation {
        Installation {
            provider: value(settings, SettingKey::Provider),
            cni: value(settings, SettingKey::Cni),
            ..Installation::default()
        }
    }
}

fn value(settings: &[Setting], key: SettingKey) -> Option<String> {
    let setting = settings.iter().find(|setting| setting.key == key)?;
    Some(setting.value.to_owned())
}
