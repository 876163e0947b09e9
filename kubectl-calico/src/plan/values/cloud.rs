//! What the network between nodes lets through, by whose machines they are.
//!
//! Sources: Calico's documentation of each cloud and of overlay networks (3.32); kops#17832 and
//! Calico's Azure pages (IP in IP), calico#8166 (AWS), typhoon#11 (DigitalOcean), Neutron's port
//! security (OpenStack).

use calico_core::pool::Encapsulation;

use crate::assess::fact::Fact;
use crate::assess::facts::cluster::{Cloud, scheme_of};
use crate::assess::finding::Severity;
use crate::assess::provenance::Provenance;
use crate::plan::inputs::Inputs;
use crate::snapshot::ObjectRef;

/// What suits a network, and what would suit it, too.
pub(crate) struct CloudNetwork {
    /// All of them, the best first.
    pub(crate) preference: [Encapsulation; 5],
    /// Why the first comes first.
    pub(crate) why: String,
    /// Object and field that tell it.
    pub(crate) from: Vec<Provenance>,
    /// Others that work, and what each takes.
    pub(crate) alternatives: &'static [(Encapsulation, &'static str)],
}

/// Plain routes inside a subnet need a network that carries pods' addresses.
const PLAIN_INSIDE: [Encapsulation; 5] = [
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::Vxlan,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::Ipip,
    Encapsulation::None,
];

/// VXLAN is UDP between the nodes' own addresses.
const ALWAYS_WRAPPED: [Encapsulation; 5] = [
    Encapsulation::Vxlan,
    Encapsulation::Ipip,
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::None,
];

/// What suits the cluster's network.
pub(crate) fn network(inputs: &Inputs) -> CloudNetwork {
    match &inputs.facts.cluster.cloud {
        Fact::Known { value, from } => CloudNetwork {
            from: from.clone(),
            ..on_cloud(*value)
        },
        Fact::Unknown { .. } => wrapped(
            "whose machines these are is not known; it needs no more of the network than UDP \
             between nodes",
            &[],
        ),
        Fact::Absent { .. } => on_no_known_cloud(inputs),
    }
}

/// On machines of a cloud that is not known here, or that no node names.
fn on_no_known_cloud(inputs: &Inputs) -> CloudNetwork {
    let mut nodes = inputs.snapshot.nodes.items().iter();
    match nodes.find_map(|node| Some((node, scheme_of(node)?))) {
        Some((_, "kind" | "docker")) => own_network("the nodes are containers"),
        Some((node, scheme)) => CloudNetwork {
            from: vec![Provenance::new(
                ObjectRef::named("Node", &node.metadata.name),
                "spec.providerID",
            )],
            ..wrapped(
                format!(
                    "machines of {scheme}://, whose network is not known here; it needs no more of \
                     it than UDP between nodes"
                ),
                &[],
            )
        },
        None => wrapped(
            "no node names a cloud (spec.providerID); it needs no more of the network than UDP \
             between nodes",
            &[(
                Encapsulation::VxlanCrossSubnet,
                "plain routes inside a subnet, as in Calico's own custom-resources.yaml, where the \
                 nodes' network passes pods' addresses",
            )],
        ),
    }
}

fn wrapped(
    why: impl Into<String>,
    alternatives: &'static [(Encapsulation, &'static str)],
) -> CloudNetwork {
    CloudNetwork {
        preference: ALWAYS_WRAPPED,
        why: why.into(),
        from: Vec::new(),
        alternatives,
    }
}

fn on_cloud(cloud: Cloud) -> CloudNetwork {
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
        Cloud::Vsphere => own_network("a network of vSphere is one's own"),
    }
}

fn own_network(why: &str) -> CloudNetwork {
    CloudNetwork {
        preference: PLAIN_INSIDE,
        why: format!(
            "{why}: plain routes inside a subnet, VXLAN between subnets, as in Calico's own \
             custom-resources.yaml"
        ),
        from: Vec::new(),
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
pub(crate) fn is_forbidden(cloud: Cloud, encapsulation: Encapsulation) -> bool {
    cloud == Cloud::Azure && encapsulation.is_ipip()
}

/// What a cloud has against an encapsulation that somebody chose, beside what status' checks know
/// of (CAL301, CAL309): how bad that is, what happens, and what to do.
pub(crate) fn objection(
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
