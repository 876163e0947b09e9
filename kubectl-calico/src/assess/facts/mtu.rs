//! The MTU of pods' interfaces, and what has to fit beside a pod's packet.

use calico_core::cidr::Family;
use serde::Serialize;

use super::dataplane::Dataplane;
use super::installation::InstallationFacts;
use super::pools::Pool;
use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, entry};
use crate::assess::views::felix::{self, Felix};
use crate::assess::views::objects::default_installation;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Reading, Snapshot};

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

/// What the pods' MTU has to leave free of the network's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Bytes.
    pub bytes: u8,
    /// What for.
    pub purpose: &'static str,
}

/// What the operator found, what was set, or that each node finds out.
pub fn mtu(snapshot: &Snapshot, asked: Option<&InstallationFacts>) -> Fact<Mtu> {
    const AUTO: Mtu = Mtu::Auto("auto");
    if let (Some(asked), Some(installation)) = (asked, default_installation(snapshot)) {
        return match (asked.mtu, installation.status.mtu) {
            (Some(mtu), _) => Fact::known(
                Mtu::Bytes(mtu),
                Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.mtu"),
            ),
            (None, Some(mtu)) => Fact::known(
                Mtu::Bytes(mtu),
                Provenance::new(ObjectRef::installation(), "status.mtu"),
            ),
            (None, None) => Fact::known(
                AUTO,
                Provenance::default_of(ObjectRef::installation(), "spec.calicoNetwork.mtu"),
            ),
        };
    }
    let Some(node) = CalicoNode::current(snapshot) else {
        return Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| None);
    };
    let (config, name) = node.config();
    let from = Provenance::new(ObjectRef::config_map(name), "data.veth_mtu");
    match config {
        Reading::Read(config) => match entry(config, "veth_mtu").map(str::parse::<i64>) {
            Some(Ok(mtu)) if mtu > 0 => Fact::known(Mtu::Bytes(mtu), from),
            _ => Fact::known(AUTO, from),
        },
        Reading::Absent(_) => Fact::known(AUTO, node.at("env")),
        Reading::Unknown(why) => why.clone().into(),
    }
}

/// The largest of what Felix has brought up: a tunnel is, for a pool that is disabled too.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go
/// (`determinePodMTU`). For eBPF, which tunnels node ports, Calico's documentation on MTUs.
pub fn room(felix: &Felix, pools: &[Pool], dataplane: Option<Dataplane>) -> Option<Room> {
    let vxlan_of = |family| {
        let mut of_family = pools.iter().filter(|pool| pool.family() == Some(family));
        of_family.any(|pool| pool.encapsulation.is_vxlan())
    };
    let ipip = pools.iter().any(|pool| pool.encapsulation.is_ipip());
    let tunnel = |setting, by_pools| felix.get(setting).map_or(by_pools, |told| told.value);
    let candidates = [
        (tunnel(&felix::IPIP, ipip), 20, "IP in IP"),
        (tunnel(&felix::VXLAN, vxlan_of(Family::V4)), 50, "VXLAN"),
        (vxlan_of(Family::V6), 70, "VXLAN over IPv6"),
        (felix.is_on(&felix::WIREGUARD), 60, "WireGuard"),
        (felix.is_on(&felix::WIREGUARD_V6), 80, "WireGuard over IPv6"),
        (dataplane == Some(Dataplane::Bpf), 50, "eBPF for node ports"),
    ];
    let rooms = candidates
        .into_iter()
        .filter(|(is, ..)| *is)
        .map(|(_, bytes, purpose)| Room { bytes, purpose });
    rooms.max_by_key(|room| room.bytes)
}
