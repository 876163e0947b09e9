//! What is so: facts derived from a snapshot, each with where it was read. No judgement.

pub mod agents;
pub mod bgp;
pub mod cluster;
pub mod components;
pub mod dataplane;
pub mod drift;
pub mod install;
pub mod installation;
pub mod installer;
pub mod ipam;
pub mod mtu;
pub mod networks;
pub mod pools;
pub mod ports;
pub mod routing;
pub mod typha;
pub mod variant;

use serde::Serialize;

use super::fact::Fact;
use crate::snapshot::Snapshot;

/// All facts of a report.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The cluster.
    pub cluster: cluster::Cluster,
    /// How Calico was installed, and which version.
    pub install: install::Install,
    /// What the Installation asks for. It is in the cluster for whoever wants to see it.
    #[serde(skip)]
    pub installation: Option<installation::InstallationFacts>,
    /// Who gives pods their addresses.
    pub ipam: Fact<String>,
    /// How traffic crosses nodes.
    pub routing: routing::Routing,
    /// What carries out policies.
    pub dataplane: Fact<dataplane::Dataplane>,
    /// Whether traffic between nodes is encrypted.
    pub encryption: Fact<dataplane::Encryption>,
    /// The live pools.
    pub pools: Fact<Vec<pools::Pool>>,
    /// What Kubernetes was set up with.
    pub networks: networks::Networks,
    /// Typha.
    pub typha: typha::Typha,
    /// calico-node.
    pub agents: Fact<agents::Agents>,
    /// The health of what the operator looks after.
    pub components: Fact<Vec<components::Component>>,
}

impl Facts {
    /// What a snapshot tells.
    pub fn of(snapshot: &Snapshot) -> Self {
        let cluster = cluster::Cluster::of(snapshot);
        let install = install::Install::of(snapshot, &cluster.platform);
        let installation = installation::InstallationFacts::of(snapshot, &install);
        let pools = pools::pools(snapshot, &install);
        let dataplane = dataplane::dataplane(snapshot, &install, installation.as_ref());
        let inputs = routing::RoutingInputs {
            install: &install,
            installation: installation.as_ref(),
            pools: &pools,
            dataplane: dataplane.value().copied(),
        };
        Self {
            routing: routing::Routing::of(snapshot, &inputs),
            ipam: ipam::ipam(snapshot, &install, installation.as_ref()),
            encryption: dataplane::encryption(snapshot, &install),
            networks: networks::Networks::of(snapshot),
            typha: typha::Typha::of(snapshot, &install),
            agents: agents::Agents::of(snapshot),
            components: components::components(snapshot),
            installation,
            cluster,
            dataplane,
            install,
            pools,
        }
    }

    /// Whether pods get their addresses from the pools; `None` where that is not known.
    pub fn by_calico_ipam(&self) -> Option<bool> {
        self.ipam.value().map(|ipam| ipam == ipam::CALICO)
    }

    /// The live pools, where they are known.
    pub fn known_pools(&self) -> &[pools::Pool] {
        self.pools.value().map(Vec::as_slice).unwrap_or_default()
    }
}
