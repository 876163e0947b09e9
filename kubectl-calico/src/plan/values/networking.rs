//! The CNI plugin that assigns pod addresses, and the settings that make Calico that plugin.

use calico_core::installation::Installation;
use serde::Serialize;

use crate::facts::Facts;
use crate::facts::ipam::AMAZON_VPC;
use crate::facts::manifest::Manifest;
use crate::facts::method::Method;
use crate::facts::platform::Platform;
use crate::plan::request::PlanRequest;
use crate::repair::installation_settings::{self, Setting};
use crate::snapshot::Snapshot;
use crate::views::daemon_set;

/// The CNI plugin that gives pods their addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Networking {
    /// Its name, in the operator's notation if it has one.
    pub plugin: String,
    /// Why this one.
    pub why: String,
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
            None => installation_settings::settings(snapshot, facts, networking.is_calico()),
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
        let running = installation_settings::without_installation(snapshot, facts);
        if running.is_some_and(|node| node.prepares_with("install-cni")) {
            return by(CALICO, "Calico's CNI plugin is installed on the nodes");
        }
        if daemon_set::amazon_vpc(snapshot).is_some() {
            return by(AMAZON_VPC, "DaemonSet/kube-system/aws-node exists");
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

/// An Installation with these settings and no other.
pub(crate) fn with_settings(settings: &[Setting]) -> Installation {
    let document = serde_json::json!({ "spec": installation_settings::spec(settings) });
    serde_yaml::to_value(document)
        .map_or_else(|_| Installation::default(), |it| Installation::read(&it))
}
