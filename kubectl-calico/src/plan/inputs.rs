//! What the values of a plan are derived from.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::Effective;
use calico_core::installation::{self, Installation};
use calico_core::operator::OperatorVersion;

use super::choice::Choice;
use super::request::PlanRequest;
use super::values::networking::{Networking, with_settings};
use crate::facts::Facts;
use crate::facts::method::Method;
use crate::facts::networks::ConfiguredNetwork;
use crate::facts::platform::Platform;
use crate::facts::pools;
use crate::repair::installation_settings::Setting;
use crate::repair::leftover_pools::Leftovers;
use crate::snapshot::{Node, Snapshot};
use crate::snapshot::{ObjectRef, Provenance};

pub(crate) struct Inputs<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) facts: &'a Facts,
    pub(super) request: &'a PlanRequest,
    pub(super) operator: OperatorVersion,
    pub(super) nodes: Choice<u32>,
    pub(super) pods_per_node: Choice<u32>,
    pub(super) networking: Networking,
    /// What the Installation must set besides its pools.
    pub(super) settings: Vec<Setting>,
    /// The Installation of the cluster, or the one to create, with its pools as written.
    pub(super) written: Installation,
    /// The same with the operator's defaults.
    pub(super) effective: Effective,
    /// Whether BIRD runs, or will run.
    pub(super) bgp: bool,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        facts: &'a Facts,
        request: &'a PlanRequest,
        operator: OperatorVersion,
    ) -> Self {
        let (networking, settings) = Networking::of(snapshot, facts, request);
        let written = match &facts.installation {
            Some(there) => there.written.clone(),
            None => with_settings(&settings),
        };
        let effective = Effective::of(&written, operator);
        Self {
            bgp: if facts.install.is_from_manifests() {
                facts.routing.bgp.runs.value() != Some(&false)
            } else {
                effective.bgp
            },
            effective,
            nodes: nodes(facts, request),
            pods_per_node: pods_per_node(snapshot, request),
            snapshot,
            facts,
            request,
            operator,
            networking,
            settings,
            written,
        }
    }

    /// The pod CIDRs, from the most authoritative source.
    pub(super) fn pod_network(&self) -> Option<&'a ConfiguredNetwork> {
        self.facts.networks.best()
    }

    pub(super) fn platform(&self) -> Option<Platform> {
        self.facts.cluster.platform.value().copied()
    }

    /// The existing pools, except those that an uninstall left behind and that must be deleted.
    pub(super) fn pools(&self) -> &'a [pools::ExistingPool] {
        match self.facts.install.method.value() {
            Some(Method::Remnants) => &[],
            Some(Method::OperatorOnly) if self.leftovers().are_in_the_way() => &[],
            _ => self.facts.known_pools(),
        }
    }

    /// Whether the operator is waiting for an Installation. Existing pools are then those of an earlier
    /// install, and the new one takes them over.
    pub(super) fn waits_for_installation(&self) -> bool {
        self.facts.install.method.value() == Some(&Method::OperatorOnly)
    }

    /// What an install can do with the pools of an earlier one.
    pub(super) fn leftovers(&self) -> Leftovers<'a> {
        Leftovers::of(self.facts, self.operator)
    }

    /// How many nodes run Windows.
    pub(super) fn windows(&self) -> usize {
        let nodes = self.facts.cluster.nodes.value();
        nodes.map_or(0, |nodes| nodes.windows)
    }

    /// The InternalIPs of the nodes.
    pub(super) fn node_addresses(&self) -> impl Iterator<Item = &'a str> {
        let nodes = self.snapshot.nodes.items().iter();
        nodes.flat_map(Node::internal_addresses)
    }

    /// The existing pools that give addresses to pods.
    pub(super) fn existing_pools(&self) -> impl Iterator<Item = &'a pools::ExistingPool> {
        let pools = self.pools().iter();
        pools.filter(|pool| pool.is_for_pods() && pool.network.is_some())
    }

    /// The existing pool of a family that new pods get addresses from, or else any of the family.
    pub(super) fn existing(&self, family: Family) -> Option<&'a pools::ExistingPool> {
        let mut pools: Vec<&pools::ExistingPool> = self
            .existing_pools()
            .filter(|pool| pool.family() == Some(family))
            .collect();
        pools.sort_by_key(|pool| !pool.serves_any_pod());
        pools.first().copied()
    }

    /// The pool that the Installation lists for a family that has no existing pool.
    pub(super) fn listed(&self, family: Family) -> Option<(Cidr, &installation::Pool)> {
        if self.existing(family).is_some() {
            return None;
        }
        let mut pools = self.written.pools.iter().flatten();
        pools.find_map(|pool| {
            let cidr: Cidr = pool.cidr.as_deref()?.parse().ok()?;
            (cidr.family() == family).then_some((cidr, pool))
        })
    }
}

fn nodes(facts: &Facts, request: &PlanRequest) -> Choice<u32> {
    const FLAG: &str = "--nodes";
    if let Some(value) = request.nodes {
        return Choice::Given { value, flag: FLAG };
    }
    match facts.cluster.nodes.value().map(|nodes| nodes.total) {
        Some(0) => Choice::undetermined("the cluster has no nodes yet", FLAG),
        Some(total) => {
            let total = u32::try_from(total).unwrap_or(u32::MAX);
            Choice::reasoned(total, "the current number of nodes")
        }
        None => Choice::undetermined("the nodes could not be read", FLAG),
    }
}

/// The default of `maxPods` in the kubelet's configuration.
const KUBELET_MAX_PODS: u32 = 110;

fn pods_per_node(snapshot: &Snapshot, request: &PlanRequest) -> Choice<u32> {
    if let Some(value) = request.pods_per_node {
        let flag = "--pods-per-node";
        return Choice::Given { value, flag };
    }
    let limits = snapshot
        .nodes
        .items()
        .iter()
        .filter_map(|node| Some((max_pods(node)?, node)));
    // Among equal limits, the first node's is used.
    match limits.rev().max_by_key(|(limit, _)| *limit) {
        Some((limit, node)) => Choice::known(
            limit,
            "the highest maxPods of any kubelet",
            Provenance::new(
                ObjectRef::named("Node", &node.metadata.name),
                "status.allocatable.pods",
            ),
        ),
        None => Choice::reasoned(
            KUBELET_MAX_PODS,
            "the kubelet's default, because no node reports its limit",
        ),
    }
}

fn max_pods(node: &Node) -> Option<u32> {
    node.status.allocatable.pods.as_deref()?.parse().ok()
}
