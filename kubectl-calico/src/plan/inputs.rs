//! What the values of a plan follow from, read once.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::Effective;
use calico_core::installation::{self, Installation};
use calico_core::operator::OperatorVersion;

use super::choice::Choice;
use super::request::PlanRequest;
use super::values::networking::{Networking, Setting};
use crate::assess::facts::Facts;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::install::Method;
use crate::assess::facts::networks::Network;
use crate::assess::facts::pools;
use crate::assess::provenance::Provenance;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Node, Snapshot};

pub(crate) struct Inputs<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) facts: &'a Facts,
    pub(super) request: &'a PlanRequest,
    pub(super) operator: OperatorVersion,
    pub(super) nodes: Choice<u32>,
    pub(super) pods_per_node: Choice<u32>,
    pub(super) networking: Networking,
    /// What the Installation has to say beside its pools.
    pub(super) settings: Vec<Setting>,
    /// The Installation that is there, or the one that is to be made; its pools are as written.
    pub(super) written: Installation,
    pub(super) effective: Effective,
    /// Whether BIRD runs, or will.
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
            None => Setting::installation(&settings),
        };
        let effective = Effective::of(&written, operator);
        Self {
            bgp: match facts.install.is_from_manifests() {
                true => facts.routing.bgp.runs.value() != Some(&false),
                false => effective.bgp,
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

    /// The pod network, as its best source tells it.
    pub(super) fn pod_network(&self) -> Option<&'a Network> {
        self.facts.networks.best()
    }

    pub(super) fn platform(&self) -> Option<Platform> {
        self.facts.cluster.platform.value().copied()
    }

    /// The live pools. Those that an uninstall has left are to go before Calico comes again.
    pub(super) fn pools(&self) -> &'a [pools::Pool] {
        match self.facts.install.method.value() {
            Some(Method::Remnants) => &[],
            _ => self.facts.known_pools(),
        }
    }

    /// How many nodes run Windows.
    pub(super) fn windows(&self) -> usize {
        let nodes = self.facts.cluster.nodes.value();
        nodes.map_or(0, |nodes| nodes.windows)
    }

    /// The addresses by which nodes know each other.
    pub(super) fn node_addresses(&self) -> impl Iterator<Item = &'a str> {
        let nodes = self.snapshot.nodes.items().iter();
        nodes.flat_map(Node::internal_addresses)
    }

    /// Those that pods get addresses from.
    pub(super) fn live_pools(&self) -> impl Iterator<Item = &'a pools::Pool> {
        let pools = self.pools().iter();
        pools.filter(|pool| pool.is_for_pods() && pool.network.is_some())
    }

    /// The one of a family that new pods get theirs from, or any that there is.
    pub(super) fn live(&self, family: Family) -> Option<&'a pools::Pool> {
        let of_family = || {
            self.live_pools()
                .filter(move |p| p.family() == Some(family))
        };
        let serving = of_family().find(|pool| pool.serves_any_pod());
        serving.or_else(|| of_family().next())
    }

    /// What the Installation asks for, of a family of which there is no live pool.
    pub(super) fn wanted(&self, family: Family) -> Option<(Cidr, &installation::Pool)> {
        if self.live(family).is_some() {
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
        Some(0) => Choice::open("there is no node yet", FLAG),
        Some(total) => {
            let total = u32::try_from(total).unwrap_or(u32::MAX);
            Choice::reasoned(total, "those that are there")
        }
        None => Choice::open("nodes could not be read", FLAG),
    }
}

/// The kubelet's own limit where no kubelet tells: `maxPods` of its configuration.
const KUBELET_MAX_PODS: u32 = 110;

fn pods_per_node(snapshot: &Snapshot, request: &PlanRequest) -> Choice<u32> {
    if let Some(value) = request.pods_per_node {
        let flag = "--pods-per-node";
        return Choice::Given { value, flag };
    }
    let limit = |node: &Node| node.status.allocatable.pods.as_deref()?.parse::<u32>().ok();
    let nodes = snapshot.nodes.items().iter();
    let limits = nodes.filter_map(|node| Some((limit(node)?, node)));
    // Of equals the first node is named.
    match limits.rev().max_by_key(|(limit, _)| *limit) {
        Some((limit, node)) => Choice::known(
            limit,
            "the most that a kubelet takes",
            Provenance::new(
                ObjectRef::named("Node", &node.metadata.name),
                "status.allocatable.pods",
            ),
        ),
        None => Choice::reasoned(
            KUBELET_MAX_PODS,
            "the kubelet's default, since no node tells",
        ),
    }
}
