//! How pods' traffic crosses nodes, and what has to be open for it.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde::Serialize;
use serde_yaml::Value;

use super::install::{Install, Method, Variant, default_installation};
use super::pools::Pool;
use super::workload::{CalicoNode, Variable, entry};
use crate::assess::fact::Fact;
use crate::snapshot::{FelixSpec, Reading, Snapshot};

/// How traffic crosses nodes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// For each family that has a pool, or as another network plugin does it.
    pub modes: Fact<Vec<Mode>>,
    /// Whether BIRD runs.
    pub bgp: Fact<bool>,
    /// The MTU of pods' interfaces.
    pub mtu: Fact<Mtu>,
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
    /// Who programs the routes.
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
}

/// The MTU of pods' interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Mtu {
    /// A number that was set, or that the operator found.
    Bytes(i64),
    /// Each node finds out by itself.
    Auto(&'static str),
}

/// Something that has to be open between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Port {
    /// TCP, UDP, or a protocol of its own.
    pub protocol: &'static str,
    /// The port; none for a protocol without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What for.
    pub purpose: &'static str,
}

/// FelixConfiguration `default`, which is the default of everything where it is absent.
pub fn felix(snapshot: &Snapshot) -> Option<&FelixSpec> {
    let configurations = snapshot.felix_configurations.items();
    configurations
        .iter()
        .find(|found| found.metadata.name == "default")
        .map(|found| &found.spec)
}

/// Whether Felix programs the routes that BIRD programs by default. An Installation's
/// clusterRoutingMode becomes the two configurations' programClusterRoutes.
/// Source: tigera/operator v1.42.3, `felixProgramsClusterRoutes`; Felix of 3.31 and later.
pub fn felix_routes(snapshot: &Snapshot) -> bool {
    let told = |value: &Option<String>| value.as_deref() == Some("Enabled");
    felix(snapshot).is_some_and(|felix| told(&felix.program_cluster_routes))
        || installation_text(snapshot, "clusterRoutingMode") == Some("Felix")
}

/// A text field of `spec.calicoNetwork` of the Installation `default`.
pub fn installation_text<'a>(snapshot: &'a Snapshot, key: &str) -> Option<&'a str> {
    let installation = default_installation(snapshot)?;
    installation.spec.get("calicoNetwork")?.get(key)?.as_str()
}

impl Routing {
    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot, install: &Install, pools: &Fact<Vec<Pool>>) -> Self {
        let node = CalicoNode::current(snapshot);
        let bgp = bgp(snapshot, node);
        let modes = modes(snapshot, install, pools);
        let ports = ports(snapshot, &modes, &bgp);
        Self {
            modes,
            bgp,
            mtu: mtu(snapshot, node),
            ports,
        }
    }

    /// The modes, where they are known.
    pub fn known_modes(&self) -> &[Mode] {
        self.modes.value().map(Vec::as_slice).unwrap_or_default()
    }
}

fn modes(snapshot: &Snapshot, install: &Install, pools: &Fact<Vec<Pool>>) -> Fact<Vec<Mode>> {
    match install.method.value() {
        Some(Method::Nothing | Method::Remnants | Method::OperatorOnly) => {
            return Fact::absent("Calico does not run");
        }
        Some(Method::Canal) => return canal(snapshot),
        Some(Method::Manifest {
            variant: Variant::PolicyOnly,
        }) => return Fact::known(vec![by_other_plugin()], "DaemonSet calico-node env"),
        _ => {}
    }
    if let Some(cni) = other_cni(snapshot) {
        let from = "Installation/default spec.cni.type";
        return Fact::known(
            vec![Mode::other(format!(
                "by the CNI plugin {cni}; Calico does policies only"
            ))],
            from,
        );
    }
    match pools {
        Fact::Known { value, from } => {
            let modes = modes_of(value, felix_routes(snapshot));
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

/// One mode for each family and encapsulation, in the order of the pools.
fn modes_of(pools: &[Pool], felix_routes: bool) -> Vec<Mode> {
    let mut modes: Vec<Mode> = Vec::new();
    for pool in pools.iter().filter(|pool| pool.serves_pods()) {
        let Some(family) = pool.family() else {
            continue;
        };
        let same = |mode: &&mut Mode| {
            mode.family == Some(family) && mode.encapsulation == Some(pool.encapsulation)
        };
        match modes.iter_mut().find(same) {
            Some(mode) => mode.pools.push(pool.name.clone()),
            None => modes.push(Mode::of(family, pool, felix_routes)),
        }
    }
    modes
}

impl Mode {
    /// Interfaces and overheads: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go.
    fn of(family: Family, pool: &Pool, felix_routes: bool) -> Self {
        let encapsulation = pool.encapsulation;
        let (summary, interface, overhead) = match (encapsulation, family) {
            (Encapsulation::Ipip, _) => ("IP in IP between all nodes", Some("tunl0"), 20),
            (Encapsulation::IpipCrossSubnet, _) => (
                "IP in IP between subnets, plain routes inside one",
                Some("tunl0"),
                20,
            ),
            (Encapsulation::Vxlan, Family::V4) => {
                ("VXLAN between all nodes", Some("vxlan.calico"), 50)
            }
            (Encapsulation::Vxlan, Family::V6) => {
                ("VXLAN between all nodes", Some("vxlan-v6.calico"), 70)
            }
            (Encapsulation::VxlanCrossSubnet, Family::V4) => (
                "VXLAN between subnets, plain routes inside one",
                Some("vxlan.calico"),
                50,
            ),
            (Encapsulation::VxlanCrossSubnet, Family::V6) => (
                "VXLAN between subnets, plain routes inside one",
                Some("vxlan-v6.calico"),
                70,
            ),
            (Encapsulation::None, _) => ("plain routes, no encapsulation", None, 0),
        };
        let by = if encapsulation.is_vxlan() || felix_routes {
            RoutesBy::Felix
        } else {
            RoutesBy::Bird
        };
        Self {
            family: Some(family),
            encapsulation: Some(encapsulation),
            summary: summary.to_owned(),
            routes_by: Some(by),
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
    let missing = "canal-config does not tell flannel's backend";
    Fact::of(&snapshot.canal_config, missing, |config| {
        let network: Value = serde_yaml::from_str(entry(config, "net-conf.json")?).ok()?;
        let kind = network.get("Backend")?.get("Type")?.as_str()?;
        let mode = Mode::other(format!("by flannel ({kind}); Calico does policies only"));
        Some((
            vec![mode],
            "ConfigMap kube-system/canal-config net-conf.json".to_owned(),
        ))
    })
}

/// The CNI plugin, where it is not Calico's.
pub fn other_cni(snapshot: &Snapshot) -> Option<String> {
    let installation = default_installation(snapshot)?;
    let written = calico_core::installation::Installation::read(&installation.document());
    let effective = calico_core::defaults::Effective::of(
        &written,
        calico_core::operator::OperatorVersion::NEWEST,
    );
    (!effective.is_calico_cni()).then_some(effective.cni)
}

/// The backend of calico-node: BIRD, only Felix's VXLAN, or neither.
fn bgp(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<bool> {
    const VARIABLE: &str = "CALICO_NETWORKING_BACKEND";
    let Some(node) = node else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    let from = node.evidence(&format!("env {VARIABLE}"));
    match node.variable(VARIABLE) {
        Variable::Set(backend) => Fact::known(backend.eq_ignore_ascii_case("bird"), from),
        // Where it is not set, calico-node runs BIRD: calico v3.32.1, node/filesystem/etc/rc.local.
        Variable::Unset => Fact::known(true, from),
        Variable::Unknown(why) => Fact::unknown(why),
    }
}

/// What the operator found, what was set, or that each node finds out.
fn mtu(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<Mtu> {
    const AUTO: Mtu = Mtu::Auto("auto");
    if let Some(installation) = default_installation(snapshot) {
        let set = installation.spec.get("calicoNetwork");
        let set = set.and_then(|network| network.get("mtu")?.as_i64());
        return match (set, installation.status.mtu) {
            (Some(mtu), _) if mtu > 0 => Fact::known(
                Mtu::Bytes(mtu),
                "Installation/default spec.calicoNetwork.mtu",
            ),
            (_, Some(mtu)) => Fact::known(Mtu::Bytes(mtu), "Installation/default status.mtu"),
            _ => Fact::known(AUTO, "Installation/default"),
        };
    }
    let Some(node) = node else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    let (config, name) = match node.is_canal() {
        true => (&snapshot.canal_config, "canal-config"),
        false => (&snapshot.calico_config, "calico-config"),
    };
    let from = format!("ConfigMap kube-system/{name} veth_mtu");
    match config {
        Reading::Read(config) => match entry(config, "veth_mtu").map(str::parse::<i64>) {
            Some(Ok(mtu)) if mtu > 0 => Fact::known(Mtu::Bytes(mtu), from),
            _ => Fact::known(AUTO, from),
        },
        Reading::Absent(_) => Fact::known(AUTO, node.evidence("env")),
        Reading::Unknown(why) => why.clone().into(),
    }
}

/// Source: Calico's documentation, system requirements.
fn ports(snapshot: &Snapshot, modes: &Fact<Vec<Mode>>, bgp: &Fact<bool>) -> Vec<Port> {
    let mut ports = Vec::new();
    let mut open = |protocol, port, purpose| {
        let port = Port {
            protocol,
            port,
            purpose,
        };
        if !ports.contains(&port) {
            ports.push(port);
        }
    };
    let felix = felix(snapshot);
    let modes = modes.value().map(Vec::as_slice).unwrap_or_default();
    for encapsulation in modes.iter().filter_map(|mode| mode.encapsulation) {
        if encapsulation.is_ipip() {
            open("IP protocol 4", None, "IP in IP");
        } else if encapsulation.is_vxlan() {
            let port = felix.and_then(|felix| felix.vxlan_port).unwrap_or(4789);
            open("UDP", Some(port), "VXLAN");
        }
    }
    let calico_routes = modes.iter().any(|mode| mode.encapsulation.is_some());
    if calico_routes && bgp.value() == Some(&true) {
        let configurations = snapshot.bgp_configurations.items().iter();
        let mut defaults = configurations.filter(|found| found.metadata.name == "default");
        let port = defaults.next().and_then(|found| found.spec.listen_port);
        open("TCP", Some(port.unwrap_or(179)), "BGP");
    }
    if super::typha::is_used(snapshot) {
        open("TCP", Some(5473), "Typha");
    }
    if felix.is_some_and(|felix| felix.wireguard_enabled == Some(true)) {
        open("UDP", Some(51820), "WireGuard");
    }
    if felix.is_some_and(|felix| felix.wireguard_enabled_v6 == Some(true)) {
        open("UDP", Some(51821), "WireGuard (IPv6)");
    }
    ports
}
