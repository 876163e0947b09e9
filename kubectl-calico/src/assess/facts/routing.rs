//! How pods' traffic crosses nodes, and what has to be open for it.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde::Serialize;
use serde_yaml::Value;

use super::bgp::{self, Bgp};
use super::dataplane::Dataplane;
use super::install::{Install, Method};
use super::installation::InstallationFacts;
use super::mtu::{Mtu, Room, mtu, room};
use super::pools::Pool;
use super::ports::{Port, Traffic, ports};
use super::variant::Variant;
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, entry};
use crate::assess::views::felix::{self, Felix};
use crate::snapshot::ObjectRef;
use crate::snapshot::Snapshot;

/// How traffic crosses nodes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// For each family that has a pool, or as another network plugin does it.
    pub modes: Fact<Vec<Mode>>,
    /// BGP.
    pub bgp: Bgp,
    /// The MTU of pods' interfaces.
    pub mtu: Fact<Mtu>,
    /// What that leaves free of the network's MTU, where it has to leave anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    /// What has to be open between nodes.
    pub ports: Vec<Port>,
}

/// How one family's traffic crosses nodes, for one kind of pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Mode {
    /// IPv4 or IPv6; none where another plugin does the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub family: Option<Family>,
    /// The encapsulation of the pools, in the operator's spelling; none where another plugin does
    /// the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub encapsulation: Option<Encapsulation>,
    /// In one sentence, without a full stop.
    pub summary: String,
    /// Who programs the routes; nobody, where an encapsulation has nothing here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes_by: Option<RoutesBy>,
    /// The tunnel's interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<&'static str>,
    /// Bytes that each packet grows by.
    pub overhead: u8,
    /// The pools that work like this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<String>,
}

/// Who programs the routes between nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum RoutesBy {
    /// BIRD, over BGP.
    #[serde(rename = "BIRD")]
    Bird,
    /// Felix.
    Felix,
    /// The VPP dataplane, which has a BGP of its own.
    #[serde(rename = "VPP")]
    Vpp,
}

/// What routing follows from.
pub struct RoutingInputs<'a> {
    /// How Calico was installed.
    pub install: &'a Install,
    /// What the Installation asks for.
    pub installation: Option<&'a InstallationFacts>,
    /// The live pools.
    pub pools: &'a Fact<Vec<Pool>>,
    /// What carries out policies.
    pub dataplane: Option<Dataplane>,
}

impl Routing {
    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot, inputs: &RoutingInputs) -> Self {
        let bgp = Bgp::of(snapshot, inputs.install);
        let felix = Felix::of(snapshot);
        let modes = modes(snapshot, inputs, &felix, &bgp);
        let pools = inputs.pools.value().map(Vec::as_slice).unwrap_or_default();
        Self {
            mtu: mtu(snapshot, inputs.installation),
            room: room(&felix, pools, inputs.dataplane),
            ports: ports(snapshot, &traffic(snapshot, &modes, &bgp)),
            modes,
            bgp,
        }
    }

    /// Whether another plugin than Calico's is known to do the network.
    pub fn is_by_others(&self) -> bool {
        let modes = self.known_modes();
        !modes.is_empty() && modes.iter().all(|mode| mode.encapsulation.is_none())
    }

    /// The modes, where they are known.
    pub fn known_modes(&self) -> &[Mode] {
        self.modes.value().map(Vec::as_slice).unwrap_or_default()
    }
}

/// What of Calico's traffic crosses nodes.
fn traffic(snapshot: &Snapshot, modes: &Fact<Vec<Mode>>, bgp: &Bgp) -> Traffic {
    let modes = modes.value().into_iter().flatten();
    let encapsulations: Vec<Encapsulation> = modes.filter_map(|mode| mode.encapsulation).collect();
    Traffic {
        bgp: !encapsulations.is_empty() && bgp.runs.value() == Some(&true),
        typha: super::typha::is_used(snapshot),
        encapsulations,
    }
}

fn modes(snapshot: &Snapshot, inputs: &RoutingInputs, felix: &Felix, bgp: &Bgp) -> Fact<Vec<Mode>> {
    match inputs.install.method.value() {
        Some(Method::Nothing | Method::Remnants | Method::OperatorOnly) => {
            return Fact::absent("Calico does not run");
        }
        Some(Method::Canal) => return canal(snapshot),
        Some(Method::Manifest {
            variant: Variant::PolicyOnly,
        }) => {
            return Fact::Known {
                value: vec![by_other_plugin()],
                from: inputs.install.method.from().to_vec(),
            };
        }
        _ => {}
    }
    let effective = inputs
        .installation
        .map(|installation| &installation.effective);
    if let Some(other) = effective.filter(|effective| !effective.is_calico_cni()) {
        let from = Provenance::new(ObjectRef::installation(), "spec.cni.type");
        return Fact::known(
            vec![Mode::other(format!(
                "by the CNI plugin {}; Calico does policies only",
                other.cni
            ))],
            from,
        );
    }
    let routes_by = |encapsulation| match inputs.dataplane {
        Some(Dataplane::Vpp) => Some(RoutesBy::Vpp),
        _ => routes_by(snapshot, inputs.installation, felix, bgp, encapsulation),
    };
    match inputs.pools {
        Fact::Known { value, from } => {
            let modes = modes_of(value, routes_by);
            if modes.is_empty() {
                return Fact::absent("no pool gives addresses to pods");
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

/// Felix programs the routes of VXLAN, and others where it is told to; the rest are BIRD's, if it
/// runs. An Installation's clusterRoutingMode becomes the settings of the two.
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
    // A backend that is not known is BIRD, as it is by default.
    let bird_runs = bgp.runs.value() != Some(&false);
    (bird_runs && bgp::bird_routes(snapshot, encapsulation)).then_some(RoutesBy::Bird)
}

/// One mode for each family and encapsulation, in the order of the pools.
fn modes_of(pools: &[Pool], routes_by: impl Fn(Encapsulation) -> Option<RoutesBy>) -> Vec<Mode> {
    let mut modes: Vec<Mode> = Vec::new();
    for pool in pools.iter().filter(|pool| pool.has_pods()) {
        let Some(family) = pool.family() else {
            continue;
        };
        let same = |mode: &&mut Mode| {
            mode.family == Some(family) && mode.encapsulation == Some(pool.encapsulation)
        };
        match modes.iter_mut().find(same) {
            Some(mode) => mode.pools.push(pool.name.clone()),
            None => modes.push(Mode::of(family, pool, routes_by(pool.encapsulation))),
        }
    }
    modes
}

/// The interface of a tunnel, and the bytes by which it makes a packet grow.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go.
pub fn tunnel(encapsulation: Encapsulation, family: Family) -> (Option<&'static str>, u8) {
    match (encapsulation, family) {
        (Encapsulation::None, _) => (None, 0),
        (Encapsulation::Ipip | Encapsulation::IpipCrossSubnet, _) => (Some("tunl0"), 20),
        (Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet, Family::V4) => {
            (Some("vxlan.calico"), 50)
        }
        (Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet, Family::V6) => {
            (Some("vxlan-v6.calico"), 70)
        }
    }
}

impl Mode {
    fn of(family: Family, pool: &Pool, routes_by: Option<RoutesBy>) -> Self {
        let encapsulation = pool.encapsulation;
        let summary = match encapsulation {
            Encapsulation::Ipip => "IP in IP between all nodes",
            Encapsulation::IpipCrossSubnet => "IP in IP between subnets, plain routes inside one",
            Encapsulation::Vxlan => "VXLAN between all nodes",
            Encapsulation::VxlanCrossSubnet => "VXLAN between subnets, plain routes inside one",
            Encapsulation::None => "plain routes, no encapsulation",
        };
        let (interface, overhead) = tunnel(encapsulation, family);
        Self {
            family: Some(family),
            encapsulation: Some(encapsulation),
            summary: summary.to_owned(),
            routes_by,
            interface,
            overhead,
            pools: vec![pool.name.clone()],
        }
    }

    fn other(summary: String) -> Self {
        Self {
            family: None,
            encapsulation: None,
            summary,
            routes_by: None,
            interface: None,
            overhead: 0,
            pools: Vec::new(),
        }
    }
}

fn by_other_plugin() -> Mode {
    Mode::other("by another CNI plugin; Calico does policies only".to_owned())
}

/// flannel's network, whose backend is in Canal's ConfigMap.
fn canal(snapshot: &Snapshot) -> Fact<Vec<Mode>> {
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::absent("calico-node is not there");
    };
    let (config, name) = node.config();
    let missing = format!("{name} does not tell flannel's backend");
    Fact::of(config, &missing, |config| {
        let network: Value = serde_yaml::from_str(entry(config, "net-conf.json")?).ok()?;
        let kind = network.get("Backend")?.get("Type")?.as_str()?;
        let mode = Mode::other(format!("by flannel ({kind}); Calico does policies only"));
        Some((
            vec![mode],
            Provenance::new(ObjectRef::config_map(name), "data.net-conf.json"),
        ))
    })
}
