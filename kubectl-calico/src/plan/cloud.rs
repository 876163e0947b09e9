//! What the network between nodes lets through, by whose machines they are.
//!
//! Sources: Calico's documentation of each cloud and of overlay networks (3.32); kops#17832 and
//! Calico's Azure pages (IP in IP), calico#8166 (AWS), typhoon#11 (DigitalOcean), Neutron's port
//! security (OpenStack).

use calico_core::pool::Encapsulation;

use crate::assess::fact::Fact;
use crate::assess::facts::cluster::Cloud;
use crate::assess::finding::Severity;

/// What suits a network, and what would suit it, too.
pub(super) struct Terrain {
    /// All of them, the best first.
    pub(super) preference: [Encapsulation; 5],
    /// Why the first comes first.
    pub(super) why: &'static str,
    /// Others that work, and what each takes.
    pub(super) alternatives: &'static [(Encapsulation, &'static str)],
}

/// Plain routes inside a subnet need a network that carries pods' addresses.
const PLAIN_INSIDE: [Encapsulation; 5] = [
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::Vxlan,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::Ipip,
    Encapsulation::None,
];

/// VXLAN is UDP between the nodes' own addresses, which every network lets through.
const ALWAYS_WRAPPED: [Encapsulation; 5] = [
    Encapsulation::Vxlan,
    Encapsulation::Ipip,
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::None,
];

/// What suits the cluster's network.
pub(super) fn terrain(cloud: &Fact<Cloud>) -> Terrain {
    let wrapped = |why, alternatives| Terrain {
        preference: ALWAYS_WRAPPED,
        why,
        alternatives,
    };
    let cloud = match cloud {
        Fact::Known { value, .. } => value,
        Fact::Unknown { .. } => {
            return wrapped(
                "whose machines these are is not known, and every network lets it through",
                &[],
            );
        }
        Fact::Absent { .. } => return own_network(),
    };
    match cloud {
        Cloud::Aws => wrapped(
            "EC2 drops what carries pods' addresses until each node's source/destination check is \
             off; VXLAN carries none",
            &[
                (
                    Encapsulation::VxlanCrossSubnet,
                    "plain routes inside a subnet, with awsSrcDstCheck: Disable in \
                     FelixConfiguration and ec2:ModifyNetworkInterfaceAttribute for the nodes",
                ),
                (Encapsulation::Ipip, "IP protocol 4 in the security groups"),
            ],
        ),
        Cloud::Azure => wrapped(
            "Azure drops IP in IP (protocol 4), and what carries pods' addresses unless route \
             tables know them",
            &[],
        ),
        Cloud::Google => wrapped(
            "Google Cloud gives nodes a /32, with which CrossSubnet wraps all the same",
            &[(Encapsulation::Ipip, "a firewall rule for protocol ipip")],
        ),
        Cloud::DigitalOcean => wrapped(
            "DigitalOcean's firewalls pass TCP, UDP and ICMP, and no IP in IP",
            &[],
        ),
        Cloud::Hetzner => wrapped(
            "Hetzner's networks give nodes a /32, with which CrossSubnet wraps all the same",
            &[],
        ),
        Cloud::OpenStack => wrapped(
            "Neutron's port security drops what carries pods' addresses; VXLAN carries none",
            &[(
                Encapsulation::VxlanCrossSubnet,
                "plain routes inside a subnet, with the pod network among the ports' allowed \
                 address pairs",
            )],
        ),
        Cloud::Vsphere => own_network(),
    }
}

fn own_network() -> Terrain {
    Terrain {
        preference: PLAIN_INSIDE,
        why: "no cloud is in between: plain routes inside a subnet, VXLAN between subnets, as in \
              Calico's own custom-resources.yaml",
        alternatives: &[
            (
                Encapsulation::Vxlan,
                "always wrapped, where the network drops what carries pods' addresses",
            ),
            (
                Encapsulation::None,
                "where the routers between subnets learn pods' routes by BGP",
            ),
        ],
    }
}

/// Whether a cloud drops an encapsulation whatever is done about it.
pub(super) fn is_forbidden(cloud: Cloud, encapsulation: Encapsulation) -> bool {
    cloud == Cloud::Azure && encapsulation.is_ipip()
}

/// What a cloud has against an encapsulation that somebody chose, beside what status' checks know
/// of (CAL301, CAL309): how bad that is, what happens, and what to do.
pub(super) fn objection(
    cloud: Cloud,
    encapsulation: Encapsulation,
) -> Option<(Severity, &'static str, &'static str)> {
    let always = matches!(encapsulation, Encapsulation::Ipip | Encapsulation::Vxlan);
    Some(match (cloud, encapsulation) {
        (Cloud::Azure, e) if !always && !e.is_ipip() => (
            Severity::Warning,
            "Azure drops what carries pods' addresses unless route tables know them",
            "choose VXLAN, or give the subnets user-defined routes for every node's blocks",
        ),
        (Cloud::OpenStack, _) if !always => (
            Severity::Warning,
            "Neutron's port security drops what carries pods' addresses",
            "choose VXLAN, or put the pod network among the ports' allowed address pairs",
        ),
        (Cloud::Google, Encapsulation::None) => (
            Severity::Warning,
            "Google Cloud carries pods' addresses only where its routes know them",
            "choose VXLAN, or give the network routes for every node's blocks",
        ),
        (Cloud::Aws, e) if e.is_ipip() => (
            Severity::Note,
            "security groups drop IP in IP unless they allow it",
            "allow IP protocol 4 between nodes, and TCP 179 for BGP",
        ),
        (Cloud::Google, e) if e.is_ipip() => (
            Severity::Note,
            "firewalls drop IP in IP unless they allow it",
            "allow protocol ipip between nodes, and TCP 179 for BGP",
        ),
        _ => return None,
    })
}
