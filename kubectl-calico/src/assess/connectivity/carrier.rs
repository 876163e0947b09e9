//! What carries the packets of pods between two nodes.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::facts::mtu::Purpose;
use crate::facts::routing_mode::tunnel;

/// What carries the packets of pods between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// IPIP.
    Ipip,
    /// VXLAN of an address family, on that UDP port.
    Vxlan(Family, u16),
    /// WireGuard of an address family, on that UDP port. It takes the place of any tunnel.
    WireGuard(Family, u16),
    /// None: the network between the nodes sees the addresses of pods.
    Plain,
}

/// The UDP port of VXLAN by default.
/// Source: projectcalico/calico v3.32.1, felix/config/config_params.go.
pub const VXLAN_PORT: u16 = 4789;

/// WireGuard for IPv4, on its default port.
/// Source: the same.
pub const WIREGUARD: Carrier = Carrier::WireGuard(Family::V4, 51820);

/// WireGuard for IPv6, on its default port.
/// Source: the same.
pub const WIREGUARD_V6: Carrier = Carrier::WireGuard(Family::V6, 51821);

impl Carrier {
    /// That of a pool's encapsulation. Within a subnet, CrossSubnet does not encapsulate.
    pub fn of(
        encapsulation: Encapsulation,
        family: Family,
        vxlan_port: u16,
        same_subnet: bool,
    ) -> Self {
        match encapsulation {
            Encapsulation::None => Self::Plain,
            Encapsulation::IpipCrossSubnet | Encapsulation::VxlanCrossSubnet if same_subnet => {
                Self::Plain
            }
            Encapsulation::Ipip | Encapsulation::IpipCrossSubnet => Self::Ipip,
            Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet => {
                Self::Vxlan(family, vxlan_port)
            }
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipip => "IPIP",
            Self::Vxlan(Family::V4, _) => "VXLAN",
            Self::Vxlan(Family::V6, _) => "VXLAN over IPv6",
            Self::WireGuard(Family::V4, _) => "WireGuard",
            Self::WireGuard(Family::V6, _) => "WireGuard over IPv6",
            Self::Plain => "unencapsulated",
        }
    }

    /// What the network between the nodes must let through.
    pub fn traffic(self) -> String {
        match self {
            Self::Ipip => "IP protocol 4".to_owned(),
            Self::Vxlan(_, port) | Self::WireGuard(_, port) => format!("UDP {port}"),
            Self::Plain => "the addresses of pods".to_owned(),
        }
    }

    /// The interface that packets leave a node through; `None` for the node's own.
    pub fn interface(self) -> Option<&'static str> {
        match self {
            Self::Ipip => tunnel(Encapsulation::Ipip, Family::V4).0,
            Self::Vxlan(family, _) => tunnel(Encapsulation::Vxlan, family).0,
            Self::WireGuard(Family::V4, _) => Some("wireguard.cali"),
            Self::WireGuard(Family::V6, _) => Some("wg-v6.cali"),
            Self::Plain => None,
        }
    }

    /// The bytes that it adds to each packet.
    /// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go.
    pub fn overhead(self) -> i64 {
        match self {
            Self::Ipip => Purpose::Ipip.bytes().into(),
            Self::Vxlan(family, _) => Purpose::Vxlan(family).bytes().into(),
            Self::WireGuard(family, _) => Purpose::WireGuard(family).bytes().into(),
            Self::Plain => 0,
        }
    }

    /// The filter of tcpdump for packets from a node to a pod.
    pub fn filter(self, from: &str, pod: &str) -> String {
        match self {
            Self::Ipip => format!("ip proto 4 and src host {from}"),
            Self::Vxlan(_, port) | Self::WireGuard(_, port) => {
                format!("udp port {port} and src host {from}")
            }
            Self::Plain => format!("dst host {pod}"),
        }
    }

    /// Why packets may not arrive, and what to do about it.
    pub fn advice(self) -> String {
        match self {
            Self::Ipip => {
                "a security group or a firewall drops IP protocol 4: allow it by number; \
                           rules for TCP and UDP do not cover it"
                    .to_owned()
            }
            Self::Vxlan(_, port) | Self::WireGuard(_, port) => format!(
                "a security group or a firewall drops UDP {port}: open it in both directions"
            ),
            Self::Plain => "the network drops addresses that it did not assign: turn off the \
                            cloud's source/destination check or the hypervisor's port security"
                .to_owned(),
        }
    }
}
