//! The MTU of pods' interfaces, and the overhead that it must leave room for.

use calico_core::cidr::Family;
use serde::Serialize;

use super::dataplane::Dataplane;
use super::installation::InstallationFacts;
use super::pools::ExistingPool;
use crate::facts::fact::Fact;
use crate::facts::provenance::Provenance;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Reading, Snapshot};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, entry};
use crate::views::felix::{self, Felix};
use crate::views::objects::default_installation;

/// The MTU of pods' interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Mtu {
    /// A number that was set, or that the operator detected.
    Bytes(i64),
    /// `auto`: each node detects it.
    Auto(&'static str),
}

/// An overhead that the MTU of pods must leave room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Overhead {
    /// The bytes that are added to each packet.
    pub bytes: u8,
    /// What adds them.
    pub purpose: &'static str,
}

impl Overhead {
    /// Whether it is that of WireGuard.
    pub fn is_wireguard(&self) -> bool {
        self.purpose.starts_with(WIREGUARD)
    }
}

const WIREGUARD: &str = "WireGuard";

/// The MTU that was set, or that the operator detected, or that each node detects.
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
    let node = CalicoNode::current(snapshot);
    let is_by_operator = node.is_none_or(|node| node.is_of_operator());
    if let Some(why) = snapshot.installations.failure().filter(|_| is_by_operator) {
        return why.into();
    }
    let Some(node) = node else {
        return Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| None);
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

/// The largest overhead of what Felix sets up: a disabled pool keeps its tunnel.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go
/// (`determinePodMTU`). For eBPF, which tunnels node ports, Calico's documentation on MTUs.
pub fn overhead(
    felix: &Felix,
    pools: &[ExistingPool],
    dataplane: Option<Dataplane>,
) -> Option<Overhead> {
    let vxlan_of = |family| {
        let mut of_family = pools.iter().filter(|pool| pool.family() == Some(family));
        of_family.any(|pool| pool.encapsulation.is_vxlan())
    };
    let ipip = pools.iter().any(|pool| pool.encapsulation.is_ipip());
    let tunnel = |setting, by_pools| felix.get(setting).map_or(by_pools, |told| told.value);
    let candidates = [
        (tunnel(&felix::IPIP, ipip), 20, "IPIP"),
        (tunnel(&felix::VXLAN, vxlan_of(Family::V4)), 50, "VXLAN"),
        (vxlan_of(Family::V6), 70, "VXLAN over IPv6"),
        (felix.is_on(&felix::WIREGUARD), 60, WIREGUARD),
        (felix.is_on(&felix::WIREGUARD_V6), 80, "WireGuard over IPv6"),
        (dataplane == Some(Dataplane::Bpf), 50, "eBPF for node ports"),
    ];
    let overheads = candidates
        .into_iter()
        .filter(|(is, ..)| *is)
        .map(|(_, bytes, purpose)| Overhead { bytes, purpose });
    overheads.max_by_key(|overhead| overhead.bytes)
}
