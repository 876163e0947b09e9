//! The MTU of pods' interfaces, and the overhead that it must leave room for.

use std::fmt;

use calico_core::cidr::Family;
use serde::{Serialize, Serializer};

use super::dataplane::Dataplane;
use super::installation::InstallationFacts;
use super::pools::ExistingPool;
use crate::facts::fact::Fact;
use crate::snapshot::{ObjectRef, Provenance};
use crate::snapshot::{Reading, Snapshot};
use crate::views::calico_node::{CalicoNode, NOT_FOUND, entry};
use crate::views::felix::{self, Felix};
use crate::views::objects::default_installation;

/// The MTU of pods' interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Mtu {
    /// A number that was set.
    Set(i64),
    /// A number that the operator detected.
    Detected(i64),
    /// `auto`: each node detects it.
    Auto(&'static str),
}

impl Mtu {
    /// The number, if it is one.
    pub fn bytes(self) -> Option<i64> {
        match self {
            Self::Set(bytes) | Self::Detected(bytes) => Some(bytes),
            Self::Auto(_) => None,
        }
    }
}

/// What is added to each packet between nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The header of IPIP.
    Ipip,
    /// The headers of VXLAN.
    Vxlan(Family),
    /// The headers of WireGuard.
    WireGuard(Family),
    /// The tunnel of the eBPF data plane for node ports.
    Ebpf,
}

impl Purpose {
    /// The bytes that it adds.
    /// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go. For eBPF, Calico's documentation
    /// on MTUs.
    pub fn bytes(self) -> u8 {
        match self {
            Self::Ipip => 20,
            Self::Vxlan(Family::V4) | Self::Ebpf => 50,
            Self::WireGuard(Family::V4) => 60,
            Self::Vxlan(Family::V6) => 70,
            Self::WireGuard(Family::V6) => 80,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ipip => "IPIP",
            Self::Vxlan(Family::V4) => "VXLAN",
            Self::Vxlan(Family::V6) => "VXLAN over IPv6",
            Self::WireGuard(Family::V4) => "WireGuard",
            Self::WireGuard(Family::V6) => "WireGuard over IPv6",
            Self::Ebpf => "eBPF for node ports",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Purpose {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An overhead that the MTU of pods must leave room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Overhead {
    /// The bytes that are added to each packet.
    pub bytes: u8,
    /// What adds them.
    #[cfg_attr(test, schemars(with = "String"))]
    pub purpose: Purpose,
}

impl Overhead {
    /// Whether it is that of WireGuard.
    pub fn is_wireguard(&self) -> bool {
        matches!(self.purpose, Purpose::WireGuard(_))
    }
}

/// The MTU that was set, or that the operator detected, or that each node detects.
pub fn mtu(snapshot: &Snapshot, asked: Option<&InstallationFacts>) -> Fact<Mtu> {
    const AUTO: Mtu = Mtu::Auto("auto");
    if let (Some(asked), Some(installation)) = (asked, default_installation(snapshot)) {
        return match (asked.mtu, installation.status.mtu) {
            (Some(mtu), _) => Fact::known(
                Mtu::Set(mtu),
                Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.mtu"),
            ),
            (None, Some(mtu)) => Fact::known(
                Mtu::Detected(mtu),
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
            Some(Ok(mtu)) if mtu > 0 => Fact::known(Mtu::Set(mtu), from),
            _ => Fact::known(AUTO, from),
        },
        Reading::Absent(_) => Fact::known(AUTO, node.at("env")),
        Reading::Unknown(why) => why.clone().into(),
    }
}

/// The largest overhead of what Felix sets up: a disabled pool keeps its tunnel.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go
/// (`determinePodMTU`).
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
        (tunnel(&felix::IPIP, ipip), Purpose::Ipip),
        (
            tunnel(&felix::VXLAN, vxlan_of(Family::V4)),
            Purpose::Vxlan(Family::V4),
        ),
        (vxlan_of(Family::V6), Purpose::Vxlan(Family::V6)),
        (
            felix.is_on(&felix::WIREGUARD),
            Purpose::WireGuard(Family::V4),
        ),
        (
            felix.is_on(&felix::WIREGUARD_V6),
            Purpose::WireGuard(Family::V6),
        ),
        (dataplane == Some(Dataplane::Bpf), Purpose::Ebpf),
    ];
    let purposes = candidates.into_iter().filter(|(adds, _)| *adds);
    let overheads = purposes.map(|(_, purpose)| Overhead {
        bytes: purpose.bytes(),
        purpose,
    });
    overheads.max_by_key(|overhead| overhead.bytes)
}
