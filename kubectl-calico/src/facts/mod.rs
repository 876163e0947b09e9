//! The facts of a report: what was read or derived, each with where it was read, without any
//! evaluation.

pub mod agents;
pub mod bgp;
pub mod bundle;
pub mod cloud;
pub mod cloud_network;
pub mod cluster;
pub mod components;
pub mod dataplane;
pub mod datastore;
pub mod drift;
pub mod fact;
pub mod install;
pub mod installation;
pub mod installer;
pub mod ipam;
pub mod manifest;
pub mod method;
pub mod mtu;
pub mod network_sources;
pub mod networks;
pub mod no_assignment;
pub mod node_blocks;
pub mod owner;
pub mod platform;
pub mod pool_encapsulation;
pub mod pool_usage;
pub mod pools;
pub mod ports;
pub mod proposed_pools;
pub mod replicas;
pub mod routing;
pub mod routing_mode;
pub mod stray_blocks;
pub(crate) mod thresholds;
pub mod tunnel_addresses;
pub mod typha;
pub mod utilization;
pub mod versions;

use serde::Serialize;

use fact::Fact;

use crate::snapshot::{ObjectRef, Provenance, Snapshot};

/// What was read from a cluster or derived from it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The cluster that Calico runs in.
    pub cluster: cluster::Cluster,
    /// How Calico is installed, and which version.
    pub install: install::Install,
    /// The Installation. It is not in the JSON report, because readers can find it in the cluster.
    #[serde(skip)]
    pub installation: Option<installation::InstallationFacts>,
    /// The IPAM plugin, which assigns pods their addresses: Calico, HostLocal or another.
    pub ipam: Fact<String>,
    /// How the traffic of pods crosses nodes.
    pub routing: routing::Routing,
    /// The data plane, which enforces network policy.
    pub dataplane: Fact<dataplane::Dataplane>,
    /// Whether traffic between nodes is encrypted.
    pub encryption: Fact<dataplane::Encryption>,
    /// The existing pools.
    pub pools: Fact<Vec<pools::ExistingPool>>,
    /// The blocks of the nodes.
    pub node_blocks: Fact<node_blocks::NodeBlocks>,
    /// The blocks that are in no pool, or of another size than their pool's.
    pub stray_blocks: Fact<Vec<stray_blocks::StrayBlock>>,
    /// The networks that Kubernetes was configured with.
    pub networks: networks::Networks,
    /// Typha, which serves the data of the datastore to Felix.
    pub typha: typha::Typha,
    /// calico-node, which runs on each node.
    pub agents: Fact<agents::Agents>,
    /// The components that the operator reports on.
    pub components: Fact<Vec<components::Component>>,
}

impl Facts {
    /// The facts of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        let cluster = cluster::Cluster::of(snapshot);
        let install = install::Install::of(snapshot, &cluster.platform);
        let installation = installation::InstallationFacts::of(snapshot, &install);
        let nodes = node_blocks::NodeBlocks::of(snapshot);
        let ipam = ipam::ipam(snapshot, &install, installation.as_ref());
        let mut pools = pools::pools(snapshot, &install);
        if let Fact::Known { value, .. } = &mut pools {
            if ipam.value().is_some_and(|ipam| ipam == ipam::HOST_LOCAL) {
                utilization::set_unused(value);
            } else {
                let reclaims = install.calico_minor().is_some_and(|minor| minor >= 32);
                utilization::set_usage(value, snapshot, &nodes, reclaims);
            }
        }
        let dataplane = dataplane::dataplane(snapshot, &install, installation.as_ref());
        let proposed = installation
            .as_ref()
            .filter(|_| snapshot.basis.is_proposal() && snapshot.ip_pools.items().is_empty())
            .map(|installation| {
                let pools = proposed_pools::proposed_pools(installation, &[]);
                Fact::known(
                    pools,
                    Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.ipPools"),
                )
            });
        let inputs = routing::RoutingInputs {
            ipam: &ipam,
            install: &install,
            installation: installation.as_ref(),
            pools: proposed.as_ref().unwrap_or(&pools),
            dataplane: dataplane.value().copied(),
        };
        let existing = pools.value().map(Vec::as_slice).unwrap_or_default();
        let stray = stray_blocks::stray_blocks(snapshot, existing);
        Self {
            node_blocks: of_blocks(snapshot, &install, nodes),
            stray_blocks: match snapshot.ip_pools.failure() {
                Some(why) => why.into(),
                None => of_blocks(snapshot, &install, stray),
            },
            routing: routing::Routing::of(snapshot, &inputs),
            ipam,
            encryption: dataplane::encryption(snapshot, &install),
            networks: network_sources::networks(snapshot),
            typha: typha::Typha::of(snapshot, &install),
            agents: agents::Agents::of(snapshot),
            components: components::components(snapshot, &install.method),
            installation,
            cluster,
            dataplane,
            install,
            pools,
        }
    }

    /// The same with the routes of its pools.
    pub(crate) fn rerouted(mut self, snapshot: &Snapshot) -> Self {
        let inputs = routing::RoutingInputs {
            ipam: &self.ipam,
            install: &self.install,
            installation: self.installation.as_ref(),
            pools: &self.pools,
            dataplane: self.dataplane.value().copied(),
        };
        self.routing = routing::Routing::of(snapshot, &inputs);
        self
    }

    /// Whether pods get their addresses from Calico's pools; `None` if that is unknown.
    pub fn by_calico_ipam(&self) -> Option<bool> {
        self.ipam.value().map(|ipam| ipam == ipam::CALICO)
    }

    /// Whether pods get their addresses from the pod CIDRs of their nodes.
    pub fn by_pod_cidr(&self) -> bool {
        self.ipam
            .value()
            .is_some_and(|ipam| ipam == ipam::HOST_LOCAL)
    }

    /// Whether calico-node is known to run, and Calico's IPAM to assign addresses.
    pub(crate) fn runs_with_calico_ipam(&self) -> bool {
        self.agents.value().is_some() && self.by_calico_ipam() == Some(true)
    }

    /// The existing pools, if they are known.
    pub fn known_pools(&self) -> &[pools::ExistingPool] {
        self.pools.value().map(Vec::as_slice).unwrap_or_default()
    }
}

/// What follows from the IPAM blocks.
fn of_blocks<T>(snapshot: &Snapshot, install: &install::Install, value: T) -> Fact<T> {
    if install.is_in_etcd() {
        return Fact::unknown(datastore::IN_ETCD);
    }
    if snapshot.ipam_blocks.is_absent() && install.may_be_in_etcd() {
        return Fact::unknown(datastore::WHERE_UNKNOWN);
    }
    Fact::of(&snapshot.ipam_blocks, "there are no IPAM blocks", |_| {
        Some((value, Provenance::all("IPAMBlock")))
    })
}
