//! Which encapsulations suit a cloud, and what it requires for the others.
//!
//! Sources: those of [`crate::facts::cloud_network`]; projectcalico/calico#8166 (AWS).

use calico_core::pool::Encapsulation;

use crate::assess::finding::Severity;
use crate::facts::cloud::{Cloud, scheme_of};
use crate::facts::cloud_network::Ipip;
use crate::facts::fact::Fact;
use crate::plan::inputs::Inputs;
use crate::snapshot::{ObjectRef, Provenance};

/// The encapsulations that suit a network.
pub(crate) struct CloudPreference {
    /// All encapsulations, the best first.
    pub(crate) preference: [Encapsulation; 5],
    /// Why the first is the best.
    pub(crate) why: String,
    /// Where that was read.
    pub(crate) from: Vec<Provenance>,
    /// Others that work, each with what it requires.
    pub(crate) alternatives: &'static [(Encapsulation, &'static str)],
}

/// For networks that pass packets with pod addresses, as unencapsulated traffic within a subnet
/// requires.
const UNENCAPSULATED_WITHIN_SUBNETS: [Encapsulation; 5] = [
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::Vxlan,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::Ipip,
    Encapsulation::None,
];

/// For networks that may drop such packets. VXLAN is UDP between the nodes' own addresses.
const ALWAYS_ENCAPSULATED: [Encapsulation; 5] = [
    Encapsulation::Vxlan,
    Encapsulation::Ipip,
    Encapsulation::VxlanCrossSubnet,
    Encapsulation::IpipCrossSubnet,
    Encapsulation::None,
];

/// The network of the cluster.
pub(crate) fn network(inputs: &Inputs) -> CloudPreference {
    match &inputs.facts.cluster.cloud {
        Fact::Known { value, from } => CloudPreference {
            from: from.clone(),
            ..on_cloud(*value)
        },
        Fact::Unknown { .. } => always_encapsulated(
            "the cloud could not be determined; VXLAN only needs UDP between nodes",
            &[],
        ),
        Fact::Absent { .. } => on_no_known_cloud(inputs),
    }
}

/// The network of an unknown cloud, or of nodes that do not name one.
fn on_no_known_cloud(inputs: &Inputs) -> CloudPreference {
    let mut nodes = inputs.snapshot.nodes.items().iter();
    match nodes.find_map(|node| Some((node, scheme_of(node)?))) {
        Some((_, "kind" | "docker")) => own_network("the nodes are containers"),
        Some((node, scheme)) => CloudPreference {
            from: vec![Provenance::new(
                ObjectRef::named("Node", &node.metadata.name),
                "spec.providerID",
            )],
            ..always_encapsulated(
                format!("unknown provider {scheme}://; VXLAN only needs UDP between nodes"),
                &[],
            )
        },
        None => always_encapsulated(
            "no cloud was found in spec.providerID of the nodes; VXLAN only needs UDP between \
             nodes",
            &[(
                Encapsulation::VxlanCrossSubnet,
                "unencapsulated within a subnet, as in Calico's custom-resources.yaml, if the network \
                 passes packets with pod addresses",
            )],
        ),
    }
}

fn always_encapsulated(
    why: impl Into<String>,
    alternatives: &'static [(Encapsulation, &'static str)],
) -> CloudPreference {
    CloudPreference {
        preference: ALWAYS_ENCAPSULATED,
        why: why.into(),
        from: Vec::new(),
        alternatives,
    }
}

fn on_cloud(cloud: Cloud) -> CloudPreference {
    match cloud {
        Cloud::Aws => always_encapsulated(
            "EC2 drops packets with pod addresses unless source/destination checks are disabled on \
             each node; VXLAN avoids that",
            &[
                (
                    Encapsulation::VxlanCrossSubnet,
                    "unencapsulated within a subnet, with awsSrcDstCheck: Disable in \
                     FelixConfiguration and the permission ec2:ModifyNetworkInterfaceAttribute for \
                     the nodes",
                ),
                (
                    Encapsulation::Ipip,
                    "if the security groups allow IP protocol 4",
                ),
            ],
        ),
        Cloud::Azure => always_encapsulated(
            "Azure drops IPIP (IP protocol 4), and packets with pod addresses unless route tables \
             have routes to them",
            &[],
        ),
        Cloud::Google => always_encapsulated(
            "Google Cloud gives each node a /32, so CrossSubnet always encapsulates",
            &[(
                Encapsulation::Ipip,
                "with a firewall rule that allows protocol ipip",
            )],
        ),
        Cloud::DigitalOcean => always_encapsulated(
            "DigitalOcean's firewalls allow TCP, UDP and ICMP, but not IPIP",
            &[],
        ),
        Cloud::Hetzner => always_encapsulated(
            "Hetzner's networks give each node a /32, so CrossSubnet always encapsulates",
            &[],
        ),
        Cloud::OpenStack => always_encapsulated(
            "Neutron's port security drops packets with pod addresses; VXLAN avoids that",
            &[(
                Encapsulation::VxlanCrossSubnet,
                "unencapsulated within a subnet, with the pod CIDR in the allowed address pairs of \
                 the ports",
            )],
        ),
        Cloud::Oracle => always_encapsulated(
            "Oracle Cloud drops packets with pod addresses unless the source/destination check of \
             each VNIC is off; VXLAN avoids that",
            &[(
                Encapsulation::VxlanCrossSubnet,
                "unencapsulated within a subnet, with the source/destination check skipped on every \
                 VNIC",
            )],
        ),
        Cloud::Vsphere => own_network("on vSphere you control the network"),
    }
}

fn own_network(why: &str) -> CloudPreference {
    CloudPreference {
        preference: UNENCAPSULATED_WITHIN_SUBNETS,
        why: format!(
            "{why}: unencapsulated within a subnet, VXLAN between subnets, as in Calico's \
             custom-resources.yaml"
        ),
        from: Vec::new(),
        alternatives: &[
            (
                Encapsulation::Vxlan,
                "always encapsulated, for networks that drop packets with pod addresses",
            ),
            (
                Encapsulation::None,
                "never encapsulated, if the routers between subnets learn the routes to the pods \
                 over BGP",
            ),
        ],
    }
}

/// Whether a cloud drops an encapsulation regardless of its configuration.
pub(crate) fn drops(cloud: Cloud, encapsulation: Encapsulation) -> bool {
    encapsulation.is_ipip() && cloud.network().ipip == Ipip::Dropped
}

/// The finding about an encapsulation for which a cloud requires something.
pub(crate) struct CloudObjection {
    pub(crate) severity: Severity,
    pub(crate) impact: &'static str,
    pub(crate) fix: &'static str,
}

/// What a cloud requires for an encapsulation in addition to what the checks of status report
/// (CAL301, CAL309).
pub(crate) fn objection(cloud: Cloud, encapsulation: Encapsulation) -> Option<CloudObjection> {
    let always = matches!(encapsulation, Encapsulation::Ipip | Encapsulation::Vxlan);
    let (severity, impact, fix) = match (cloud, encapsulation) {
        (Cloud::Azure, e) if !always && !e.is_ipip() => (
            Severity::Warning,
            "Azure drops packets with pod addresses unless route tables have routes to them",
            "choose VXLAN, or give the subnets user-defined routes to the blocks of each node",
        ),
        (Cloud::OpenStack, _) if !always => (
            Severity::Warning,
            "Neutron's port security drops packets with pod addresses",
            "choose VXLAN, or add the pod CIDR to the allowed address pairs of the ports",
        ),
        (Cloud::Oracle, _) if !always => (
            Severity::Warning,
            "Oracle Cloud drops packets with pod addresses unless the source/destination check of \
             each VNIC is off",
            "choose VXLAN, or skip the source/destination check on every VNIC",
        ),
        (Cloud::Google, Encapsulation::None) => (
            Severity::Warning,
            "Google Cloud drops packets with pod addresses unless its routes include them",
            "choose VXLAN, or give the network routes to the blocks of each node",
        ),
        (Cloud::Aws, e) if e.is_ipip() => (
            Severity::Note,
            "security groups drop IPIP unless they allow it",
            "allow IP protocol 4 between the nodes, and TCP 179 for BGP",
        ),
        (Cloud::Google, e) if e.is_ipip() => (
            Severity::Note,
            "firewalls drop IPIP unless they allow it",
            "allow protocol ipip between the nodes, and TCP 179 for BGP",
        ),
        _ => return None,
    };
    Some(CloudObjection {
        severity,
        impact,
        fix,
    })
}
