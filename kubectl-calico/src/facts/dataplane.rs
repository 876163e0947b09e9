//! The data plane, and whether traffic between nodes is encrypted.

use serde::Serialize;

use super::datastore::IN_ETCD;
use super::install::Install;
use super::installation::InstallationFacts;
use crate::facts::fact::Fact;
use crate::snapshot::{Node, Reading, Snapshot};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::{CalicoNode, NOT_FOUND};
use crate::views::felix::{self, Felix, FelixSetting};

/// The data plane, which enforces network policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Dataplane {
    /// iptables
    #[serde(rename = "iptables")]
    Iptables,
    /// nftables
    #[serde(rename = "nftables")]
    Nftables,
    /// iptables or nftables, detected on each node from what kube-proxy uses (the default since 3.32).
    #[serde(rename = "auto")]
    Auto,
    /// eBPF
    #[serde(rename = "eBPF")]
    Bpf,
    /// VPP
    #[serde(rename = "VPP")]
    Vpp,
}

impl Dataplane {
    /// The data plane in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iptables => "iptables",
            Self::Nftables => "nftables",
            Self::Auto => "iptables or nftables (detected per node)",
            Self::Bpf => "eBPF",
            Self::Vpp => "VPP",
        }
    }
}

/// The data plane, by Felix's precedence: its environment, then its configuration. The operator
/// translates the Installation's setting into one of the two.
pub fn dataplane(
    snapshot: &Snapshot,
    install: &Install,
    installation: Option<&InstallationFacts>,
) -> Fact<Dataplane> {
    if CalicoNode::current(snapshot).is_none() {
        return Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| None);
    }
    let wanted =
        installation.and_then(|installation| installation.written.linux_dataplane.as_deref());
    if wanted == Some("VPP") {
        let from = Provenance::new(
            ObjectRef::installation(),
            "spec.calicoNetwork.linuxDataplane",
        );
        return Fact::known(Dataplane::Vpp, from);
    }
    if let Some(from) = vpp(snapshot).filter(|_| installation.is_none()) {
        return Fact::known(Dataplane::Vpp, from);
    }
    let felix = Felix::of(snapshot);
    match felix.by_environment(&felix::BPF) {
        Some(told) if told.value => return Fact::known(Dataplane::Bpf, told.from),
        Some(_) => {}
        None if install.is_in_etcd() => return Fact::unknown(IN_ETCD),
        None => {
            if let Some(why) = snapshot.felix_configurations.unknown() {
                return why.into();
            }
            if let Some(told) = felix.get(&felix::BPF).filter(|told| told.value) {
                return Fact::known(Dataplane::Bpf, told.from);
            }
        }
    }
    let Some(told) = felix.get(&felix::NFTABLES) else {
        if let Some(why) = snapshot.felix_configurations.unknown() {
            return why.into();
        }
        // Felix's default is Disabled up to 3.31, and Auto since 3.32.
        let auto = install.calico_minor().is_some_and(|minor| minor >= 32);
        let default = if auto {
            Dataplane::Auto
        } else {
            Dataplane::Iptables
        };
        return Fact::known(default, felix::default_of(&felix::NFTABLES));
    };
    let mode = match told.value.to_ascii_lowercase().as_str() {
        "enabled" => Dataplane::Nftables,
        "auto" => Dataplane::Auto,
        _ => Dataplane::Iptables,
    };
    Fact::known(mode, told.from)
}

/// The DaemonSet of the VPP data plane.
/// Source: projectcalico/vpp-dataplane v3.29.0, yaml/base/calico-vpp-daemonset.yaml.
pub fn vpp(snapshot: &Snapshot) -> Option<Provenance> {
    const NAME: &str = "calico-vpp-node";
    let mut sets = snapshot.daemon_sets.items().iter();
    let set = sets.find(|set| set.metadata.name.as_deref() == Some(NAME))?;
    Some(Provenance::new(
        ObjectRef::of_object("DaemonSet", &set.metadata),
        "",
    ))
}

/// Encryption between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// Whether WireGuard is enabled for either address family.
    pub wireguard: bool,
    /// The nodes that have published a key. A node whose kernel lacks WireGuard continues without
    /// encryption.
    pub nodes_with_key: usize,
    /// The nodes for which WireGuard is enabled.
    pub nodes: usize,
}

/// The encryption of a snapshot.
pub fn encryption(snapshot: &Snapshot, install: &Install) -> Fact<Encryption> {
    if install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    }
    if let Some(why) = snapshot.felix_configurations.unknown() {
        return why.into();
    }
    let nodes = match &snapshot.nodes {
        Reading::Read(nodes) => nodes,
        Reading::Absent(absence) => return Fact::absent(absence.to_string()),
        Reading::Unknown(why) => return why.clone().into(),
    };
    let felix = Felix::of(snapshot);
    let encrypted = nodes
        .iter()
        .filter(|node| node.is_linux() && is_encrypted(&felix, node));
    let encrypted: Vec<&Node> = encrypted.collect();
    let encryption = Encryption {
        wireguard: !encrypted.is_empty(),
        nodes_with_key: encrypted
            .iter()
            .filter(|node| has_keys(&felix, node))
            .count(),
        nodes: encrypted.len(),
    };
    let from = felix
        .get(&felix::WIREGUARD)
        .map_or_else(|| felix::default_of(&felix::WIREGUARD), |found| found.from);
    Fact::known(encryption, from)
}

/// Whether WireGuard is enabled on a node for either address family.
pub fn is_encrypted(felix: &Felix, node: &Node) -> bool {
    KEYS.iter().any(|(setting, _)| wants(felix, setting, node))
}

/// Whether a node has published a key for each address family for which WireGuard is enabled.
pub fn has_keys(felix: &Felix, node: &Node) -> bool {
    let mut wanted = KEYS
        .iter()
        .filter(|(setting, _)| wants(felix, setting, node));
    wanted.all(|(_, key)| node.metadata.annotation(key).is_some())
}

fn wants(felix: &Felix, setting: &FelixSetting<bool>, node: &Node) -> bool {
    let told = felix.get_on_node(setting, node);
    told.is_some_and(|told| told.value)
}

/// The setting of each address family, and the annotation in which Felix publishes a node's key.
const KEYS: [(&FelixSetting<bool>, &str); 2] = [
    (&felix::WIREGUARD, "projectcalico.org/WireguardPublicKey"),
    (
        &felix::WIREGUARD_V6,
        "projectcalico.org/WireguardPublicKeyV6",
    ),
];
