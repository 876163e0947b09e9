//! How the traffic of pods crosses nodes, and which ports it needs.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde::Serialize;
use serde_yaml::Value;

use super::bgp::{self, Bgp};
use super::cloud::cloud_of;
use super::dataplane::Dataplane;
use super::install::Install;
use super::installation::InstallationFacts;
use super::ipam::HOST_LOCAL;
use super::manifest::Manifest;
use super::method::Method;
use super::mtu::{Mtu, Overhead, mtu, overhead};
use super::pools::ExistingPool;
use super::ports::{Port, Traffic, ports};
use super::routing_mode::{RoutesBy, RoutingMode};
use crate::facts::fact::Fact;
use crate::snapshot::{Node, ObjectRef, Provenance, Snapshot};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, entry};
use crate::views::felix::{self, Felix};

/// How the traffic of pods crosses nodes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// A mode for each address family and encapsulation of the pools, or that of another network plugin.
    pub modes: Fact<Vec<RoutingMode>>,
    /// BGP on the cluster's nodes.
    pub bgp: Bgp,
    /// The MTU of pods' interfaces.
    pub mtu: Fact<Mtu>,
    /// The largest overhead that the MTU of pods must leave room for; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overhead: Option<Overhead>,
    /// The ports and protocols that must be open between nodes.
    pub ports: Vec<Port>,
}

/// The facts that routing is derived from.
pub struct RoutingInputs<'a> {
    /// How Calico was installed.
    pub install: &'a Install,
    /// The Installation.
    pub installation: Option<&'a InstallationFacts>,
    /// The existing pools.
    pub pools: &'a Fact<Vec<ExistingPool>>,
    /// The data plane.
    pub dataplane: Option<Dataplane>,
    /// What assigns the addresses of pods.
    pub ipam: &'a Fact<String>,
}

impl RoutingInputs<'_> {
    /// Whether pods get their addresses from the pod CIDRs of their nodes.
    fn is_by_pod_cidr(&self) -> bool {
        self.ipam.value().is_some_and(|ipam| ipam == HOST_LOCAL)
    }
}

impl Routing {
    /// The routing of a snapshot.
    pub fn of(snapshot: &Snapshot, inputs: &RoutingInputs) -> Self {
        let bgp = Bgp::of(snapshot, inputs.install);
        let felix = Felix::of(snapshot);
        let modes = modes(snapshot, inputs, &felix, &bgp);
        let pools = inputs.pools.value().map(Vec::as_slice).unwrap_or_default();
        Self {
            mtu: mtu(snapshot, inputs.installation),
            overhead: overhead(&felix, pools, inputs.dataplane),
            ports: ports(snapshot, &traffic(snapshot, &modes, &bgp)),
            modes,
            bgp,
        }
    }

    /// Whether another network plugin provides pod networking.
    pub fn is_by_others(&self) -> bool {
        let modes = self.known_modes();
        !modes.is_empty() && modes.iter().all(|mode| mode.encapsulation.is_none())
    }

    /// The modes, if they are known.
    pub fn known_modes(&self) -> &[RoutingMode] {
        self.modes.value().map(Vec::as_slice).unwrap_or_default()
    }
}

/// The traffic of Calico that crosses nodes.
fn traffic(snapshot: &Snapshot, modes: &Fact<Vec<RoutingMode>>, bgp: &Bgp) -> Traffic {
    let modes = modes.value().map(Vec::as_slice).unwrap_or_default();
    let encapsulations = modes.iter().filter_map(|mode| mode.encapsulation);
    let encapsulations: Vec<Encapsulation> = encapsulations.collect();
    let by_vpp = |mode: &RoutingMode| mode.routes_by == Some(RoutesBy::Vpp);
    let bird = !encapsulations.is_empty() && bgp.runs.value() == Some(&true);
    Traffic {
        bgp: bird || modes.iter().any(by_vpp),
        typha: super::typha::is_used(snapshot),
        encapsulations,
    }
}

fn modes(
    snapshot: &Snapshot,
    inputs: &RoutingInputs,
    felix: &Felix,
    bgp: &Bgp,
) -> Fact<Vec<RoutingMode>> {
    if let Some(known) = not_by_pools(snapshot, inputs) {
        return known;
    }
    let routes_by = |encapsulation| match inputs.dataplane {
        Some(Dataplane::Vpp) => Some(RoutesBy::Vpp),
        _ => routes_by(snapshot, inputs.installation, felix, bgp, encapsulation).or_else(|| {
            let by_cloud = encapsulation == Encapsulation::None && inputs.is_by_pod_cidr();
            (by_cloud && may_be_routed_by_cloud(snapshot)).then_some(RoutesBy::Cloud)
        }),
    };
    match inputs.pools {
        Fact::Known { value, from } => {
            // Felix leaves IPv6 alone if its support is off, whatever pools there are.
            let ipv6 = felix.get(&felix::IPV6).is_none_or(|told| told.value);
            let mut modes = modes_of(value, routes_by);
            modes.retain(|mode| ipv6 || mode.family != Some(Family::V6));
            if modes.is_empty() {
                return without_pools(snapshot, inputs, bgp);
            }
            Fact::Known {
                value: modes,
                from: from.clone(),
            }
        }
        Fact::Absent { absent } => Fact::absent(absent.clone()),
        Fact::Unknown { unknown } => Fact::unknown(unknown.clone()),
    }
}

/// The modes where they do not follow from pools: Calico does not run, or pods are connected in another way.
fn not_by_pools(snapshot: &Snapshot, inputs: &RoutingInputs) -> Option<Fact<Vec<RoutingMode>>> {
    match inputs.install.method.value() {
        Some(Method::Nothing | Method::Remnants | Method::OperatorOnly) => {
            return Some(Fact::absent("Calico does not run"));
        }
        Some(Method::Canal) => return Some(canal(snapshot)),
        Some(Method::Manifest {
            variant: Manifest::PolicyOnly,
        }) => {
            return Some(Fact::Known {
                value: vec![by_other_plugin()],
                from: inputs.install.method.from().to_vec(),
            });
        }
        _ => {}
    }
    let effective = &inputs.installation?.effective;
    (!effective.is_calico_cni()).then(|| {
        let mode = RoutingMode::other(format!(
            "by the CNI plugin {}; Calico enforces policy only",
            effective.cni
        ));
        let from = Provenance::new(ObjectRef::installation(), "spec.cni.type");
        Fact::known(vec![mode], from)
    })
}

/// The modes where no pool is enabled for pods: unknown as long as there may be another reason for that.
fn without_pools(snapshot: &Snapshot, inputs: &RoutingInputs, bgp: &Bgp) -> Fact<Vec<RoutingMode>> {
    let unread = snapshot.installations.failure();
    if let Some(why) = unread.or(snapshot.daemon_sets.failure()) {
        return why.into();
    }
    if let Fact::Unknown { unknown } = inputs.ipam {
        return Fact::unknown(unknown.clone());
    }
    if inputs.is_by_pod_cidr() && bgp.runs.value() == Some(&false) {
        return Fact::known(vec![RoutingMode::by_cloud()], Provenance::all("IPPool"));
    }
    if inputs.is_by_pod_cidr() && advertises_pod_cidrs(snapshot, bgp) {
        return Fact::known(vec![RoutingMode::by_bird()], Provenance::all("IPPool"));
    }
    Fact::absent("no pool is enabled for pods")
}

/// Felix programs the routes for VXLAN, and other routes if configured to. BIRD programs the rest, if it
/// runs. The operator turns an Installation's clusterRoutingMode into settings of the two.
/// Source: tigera/operator v1.42.3, `felixProgramsClusterRoutes`; Felix of 3.31 and later.
fn routes_by(
    snapshot: &Snapshot,
    installation: Option<&InstallationFacts>,
    felix: &Felix,
    bgp: &Bgp,
    encapsulation: Encapsulation,
) -> Option<RoutesBy> {
    let mode = || installation?.written.cluster_routing_mode.as_deref();
    let felix_routes = match felix.get(&felix::CLUSTER_ROUTES) {
        Some(told) => bgp::covers(&told.value, encapsulation),
        None => mode() == Some("Felix"),
    };
    if encapsulation.is_vxlan() || felix_routes {
        return Some(RoutesBy::Felix);
    }
    // If the backend is unknown, BIRD is assumed, which is the default.
    let bird_runs = bgp.runs.value() != Some(&false);
    (bird_runs && bgp::bird_routes(snapshot, encapsulation)).then_some(RoutesBy::Bird)
}

/// Whether BIRD advertises the pod CIDR of its node, as in an IPv6 cluster of kOps.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/apiconfig/apiconfig.go (`K8sUsePodCIDR`).
fn advertises_pod_cidrs(snapshot: &Snapshot, bgp: &Bgp) -> bool {
    let node = CalicoNode::current(snapshot);
    let variable = node.and_then(|node| node.value("USE_POD_CIDR"));
    bgp.runs.value() == Some(&true) && variable.is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// Whether the cloud has, or may have, routes to the pod CIDRs of nodes.
fn may_be_routed_by_cloud(snapshot: &Snapshot) -> bool {
    let nodes = snapshot.nodes.items();
    nodes.iter().any(Node::has_route_of_cloud) || nodes.iter().any(|it| cloud_of(it).is_some())
}

/// One mode for each family and encapsulation, in the order of the pools.
fn modes_of(
    pools: &[ExistingPool],
    routes_by: impl Fn(Encapsulation) -> Option<RoutesBy>,
) -> Vec<RoutingMode> {
    let mut modes: Vec<RoutingMode> = Vec::new();
    for pool in pools.iter().filter(|pool| pool.has_pods()) {
        let Some(family) = pool.family() else {
            continue;
        };
        let same = |mode: &&mut RoutingMode| {
            mode.family == Some(family) && mode.encapsulation == Some(pool.encapsulation)
        };
        match modes.iter_mut().find(same) {
            Some(mode) => mode.pools.push(pool.name.clone()),
            None => modes.push(RoutingMode::of(family, pool, routes_by(pool.encapsulation))),
        }
    }
    modes
}

fn by_other_plugin() -> RoutingMode {
    RoutingMode::other("by another CNI plugin; Calico enforces policy only".to_owned())
}

/// flannel's network, whose backend is in Canal's ConfigMap.
fn canal(snapshot: &Snapshot) -> Fact<Vec<RoutingMode>> {
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::absent(NOT_FOUND);
    };
    let (config, name) = node.config();
    let missing = format!("{name} does not set flannel's backend");
    Fact::of(config, &missing, |config| {
        let network: Value = serde_yaml::from_str(entry(config, "net-conf.json")?).ok()?;
        let kind = network.get("Backend")?.get("Type")?.as_str()?;
        let mode = RoutingMode::other(format!("by flannel ({kind}); Calico enforces policy only"));
        Some((
            vec![mode],
            Provenance::new(ObjectRef::config_map(name), "data.net-conf.json"),
        ))
    })
}
