//! What carries out policies on a node, and whether traffic between nodes is encrypted.

use serde::Serialize;

use super::install::{IN_ETCD, Install};
use super::routing::{felix, installation_text};
use super::workload::CalicoNode;
use crate::assess::fact::Fact;
use crate::snapshot::{Node, Reading, Snapshot};

/// What carries out policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Dataplane {
    /// iptables.
    #[serde(rename = "iptables")]
    Iptables,
    /// nftables.
    #[serde(rename = "nftables")]
    Nftables,
    /// iptables or nftables, as each node's kube-proxy does (3.32's default).
    #[serde(rename = "auto")]
    Auto,
    /// eBPF.
    #[serde(rename = "eBPF")]
    Bpf,
    /// VPP.
    #[serde(rename = "VPP")]
    Vpp,
}

impl Dataplane {
    /// As a person reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iptables => "iptables",
            Self::Nftables => "nftables",
            Self::Auto => "iptables or nftables, as each node has it",
            Self::Bpf => "eBPF",
            Self::Vpp => "VPP",
        }
    }
}

/// In Felix's own order: its environment, then its configuration. The Installation comes last: the
/// operator turns it into one of the two.
pub fn dataplane(snapshot: &Snapshot, install: &Install) -> Fact<Dataplane> {
    let node = CalicoNode::current(snapshot);
    let Some(node) = node else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    if installation_text(snapshot, "linuxDataplane") == Some("VPP") {
        let from = "Installation/default spec.calicoNetwork.linuxDataplane";
        return Fact::known(Dataplane::Vpp, from);
    }
    let truth = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes");
    if let Some(value) = node.value("FELIX_BPFENABLED") {
        if truth(value) {
            return Fact::known(Dataplane::Bpf, node.evidence("env FELIX_BPFENABLED"));
        }
    } else if install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    } else if let Some(why) = snapshot.felix_configurations.unknown() {
        return why.into();
    } else if felix(snapshot).is_some_and(|felix| felix.bpf_enabled == Some(true)) {
        return Fact::known(Dataplane::Bpf, "FelixConfiguration/default spec.bpfEnabled");
    }
    if let Some(why) = snapshot.felix_configurations.unknown() {
        return why.into();
    }
    let mode = felix(snapshot).and_then(|felix| felix.nftables_mode.as_deref());
    let from = "FelixConfiguration/default spec.nftablesMode";
    match mode {
        Some("Enabled") => Fact::known(Dataplane::Nftables, from),
        Some("Auto") => Fact::known(Dataplane::Auto, from),
        Some(_) => Fact::known(Dataplane::Iptables, from),
        None => Fact::known(Dataplane::Iptables, "Felix's default"),
    }
}

/// Encryption between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// Whether WireGuard is asked for, for either family.
    pub wireguard: bool,
    /// Nodes that have a key: a node whose kernel cannot do it goes on without.
    pub nodes_with_key: usize,
    /// Nodes that run Linux.
    pub nodes: usize,
}

/// What a snapshot tells of it.
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
    let felix = felix(snapshot);
    let asked = |field: Option<bool>| field == Some(true);
    let v4 = felix.is_some_and(|felix| asked(felix.wireguard_enabled));
    let v6 = felix.is_some_and(|felix| asked(felix.wireguard_enabled_v6));
    let linux: Vec<&Node> = nodes.iter().filter(|node| node.is_linux()).collect();
    let has_key = |node: &&&Node| {
        let has = |key: &str| node.metadata.annotation(key).is_some();
        (!v4 || has("projectcalico.org/WireguardPublicKey"))
            && (!v6 || has("projectcalico.org/WireguardPublicKeyV6"))
    };
    let encryption = Encryption {
        wireguard: v4 || v6,
        nodes_with_key: match v4 || v6 {
            true => linux.iter().filter(has_key).count(),
            false => 0,
        },
        nodes: linux.len(),
    };
    Fact::known(
        encryption,
        "FelixConfiguration/default spec.wireguardEnabled",
    )
}
