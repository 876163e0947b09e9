//! What the network between the nodes does with the traffic of pods, by cloud.
//!
//! Sources: Calico's documentation of each cloud and of overlay networks (3.32); kubernetes/kops#17832 (Azure) and
//! poseidon/typhoon#11 (DigitalOcean) on IPIP; OpenStack Neutron, port security; Oracle Cloud documentation, VNICs;
//! AWS and Google Cloud documentation on the MTU of their networks.

use super::cloud::Cloud;

/// What a cloud's network does.
#[derive(Clone, Copy, Debug)]
pub struct CloudNetwork {
    /// What it does with IPIP (IP protocol 4).
    pub ipip: Ipip,
    /// What it does with packets that have addresses of pods.
    pub unencapsulated: Unencapsulated,
    /// Its usual MTU; `None` if that is larger than any that is set by hand.
    pub mtu: Option<u16>,
}

/// What a network does with IPIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipip {
    /// It passes, if firewall rules and security groups allow it.
    CanPass,
    /// It passes without a cloud firewall, which cannot allow it.
    DroppedByFirewalls,
    /// It never passes.
    Dropped,
}

/// What a network does with packets whose addresses it did not assign.
#[derive(Clone, Copy, Debug)]
pub enum Unencapsulated {
    /// They pass, or that is not known.
    NotKnownToBeDropped,
    /// They pass with routes to the pods, and a setting of each interface.
    WithRoutes {
        /// That they pass, as a clause.
        needs: &'static str,
        /// How to have them pass.
        allow: &'static str,
    },
    /// They pass with a setting of each interface.
    WithSetting {
        /// When they pass, after the statement that they are dropped.
        unless: &'static str,
        /// That they pass, as a clause.
        needs: &'static str,
        /// How to have them pass.
        allow: &'static str,
    },
    /// They pass once the source/destination check of each instance is off, which Felix can do.
    WithoutSourceCheck,
}

/// The usual MTU of an Ethernet.
pub const ETHERNET_MTU: u16 = 1500;

impl Cloud {
    /// What its network does.
    pub fn network(self) -> CloudNetwork {
        let usual = CloudNetwork {
            ipip: Ipip::CanPass,
            unencapsulated: Unencapsulated::NotKnownToBeDropped,
            mtu: Some(ETHERNET_MTU),
        };
        match self {
            Self::Aws => CloudNetwork {
                unencapsulated: Unencapsulated::WithoutSourceCheck,
                // 9001 bytes.
                mtu: None,
                ..usual
            },
            Self::Azure => CloudNetwork {
                ipip: Ipip::Dropped,
                unencapsulated: Unencapsulated::WithRoutes {
                    needs: "there are user-defined routes to the pods and each network interface has IP forwarding",
                    allow: "create routes for the pods' addresses and turn IP forwarding on",
                },
                ..usual
            },
            Self::Google => CloudNetwork {
                unencapsulated: Unencapsulated::WithRoutes {
                    needs: "there are routes to the pods and each instance has canIpForward",
                    allow: "create routes for the pods' addresses and set canIpForward on each instance",
                },
                mtu: Some(1460),
                ..usual
            },
            Self::DigitalOcean => CloudNetwork {
                ipip: Ipip::DroppedByFirewalls,
                ..usual
            },
            Self::OpenStack => CloudNetwork {
                unencapsulated: Unencapsulated::WithSetting {
                    unless: "unless each port allows it",
                    needs: "the allowed address pairs of each port contain the pod CIDR",
                    allow: "add the pod CIDR to the allowed address pairs of each port",
                },
                ..usual
            },
            Self::Oracle => CloudNetwork {
                unencapsulated: Unencapsulated::WithSetting {
                    unless: "unless each VNIC allows it",
                    needs: "each VNIC skips the source/destination check",
                    allow: "skip the source/destination check on each VNIC",
                },
                ..usual
            },
            Self::Hetzner | Self::Vsphere => usual,
        }
    }
}
