//! Addresses around a cluster that pods must not get: a pool that contains them takes them away from the nodes.

use std::net::{IpAddr, SocketAddr};

use calico_core::cidr::{Cidr, Family};

use super::calico_node::{CalicoNode, entry};
use super::ipam_blocks::blocks;
use super::node_addresses::{annotation, usual_owner};
use crate::snapshot::resources::{MANIFEST_SERVICES_ENDPOINT, SERVICES_ENDPOINT};
use crate::snapshot::{BgpPeer, Node, ObjectRef, Provenance, Snapshot};

/// What names the address of the API server.
const HOST: &str = "KUBERNETES_SERVICE_HOST";

/// An address of a node, and where it is in the Node.
#[derive(Debug)]
pub struct NodeAddress {
    /// The address.
    pub address: IpAddr,
    /// Such as `InternalIP`.
    pub field: String,
}

/// The InternalIPs of a node.
pub fn internal(node: &Node) -> impl Iterator<Item = NodeAddress> {
    let addresses = node.internal_addresses();
    addresses.filter_map(|address| {
        Some(NodeAddress {
            address: address.parse().ok()?,
            field: "InternalIP".to_owned(),
        })
    })
}

/// The addresses by which Calico reaches a node, if they are others.
pub fn used_by_calico(node: &Node) -> impl Iterator<Item = NodeAddress> {
    Family::BOTH.into_iter().filter_map(move |family| {
        let key = annotation(family);
        let text = node.metadata.annotation(key)?;
        let (text, _) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = text.parse().ok()?;
        let is_misdetected = match address {
            IpAddr::V4(address) => usual_owner(address).is_some(),
            IpAddr::V6(_) => false,
        };
        let is_other = internal(node).all(|it| it.address != address);
        (is_other && !is_misdetected).then(|| NodeAddress {
            address,
            field: format!("annotation {key}"),
        })
    })
}

/// The addresses by which Calico reaches the API server, unless they are names.
pub fn api_servers(snapshot: &Snapshot) -> Vec<(IpAddr, Provenance)> {
    let configs = [
        (&snapshot.services_endpoint, &SERVICES_ENDPOINT),
        (
            &snapshot.manifest_services_endpoint,
            &MANIFEST_SERVICES_ENDPOINT,
        ),
    ];
    let configs = configs.into_iter().filter_map(|(config, row)| {
        let host = entry(config.read()?, HOST)?;
        Some((host, Provenance::new(row.object(), format!("data.{HOST}"))))
    });
    let node = CalicoNode::current(snapshot);
    let node = node
        .iter()
        .filter_map(|node| Some((node.value(HOST)?, node.env(HOST))));
    configs
        .chain(node)
        .filter_map(|(host, from)| Some((host.parse().ok()?, from)))
        .collect()
}

/// Whether a range contains an address that IPAM has not assigned, so that no pod has it. No, if the blocks were not
/// read.
pub fn holds_unassigned(snapshot: &Snapshot, range: &Cidr, address: IpAddr) -> bool {
    range.holds(address)
        && snapshot.ipam_blocks.read().is_some()
        && !blocks(snapshot).iter().any(|block| block.assigns(address))
}

/// The addresses of BGP peers.
pub fn peers(snapshot: &Snapshot) -> Vec<(IpAddr, Provenance)> {
    let peers = snapshot.bgp_peers.items().iter();
    peers
        .filter_map(|peer| {
            let object = ObjectRef::of("BGPPeer", &peer.metadata);
            Some((address(peer)?, Provenance::new(object, "spec.peerIP")))
        })
        .collect()
}

/// The ranges of Services' addresses that BGP advertises.
pub fn advertised(snapshot: &Snapshot) -> Vec<(Cidr, Provenance)> {
    let configurations = snapshot.bgp_configurations.items().iter();
    configurations
        .flat_map(|configuration| {
            let spec = &configuration.spec;
            let object = ObjectRef::of("BGPConfiguration", &configuration.metadata);
            let fields = [
                ("serviceClusterIPs", &spec.service_cluster_ips),
                ("serviceExternalIPs", &spec.service_external_ips),
                ("serviceLoadBalancerIPs", &spec.service_load_balancer_ips),
            ];
            let ranges = fields.into_iter().flat_map(move |(field, ranges)| {
                let object = object.clone();
                ranges.iter().enumerate().filter_map(move |(index, range)| {
                    let field = format!("spec.{field}[{index}].cidr");
                    let cidr = range.cidr.parse().ok()?;
                    Some((cidr, Provenance::new(object.clone(), field)))
                })
            });
            ranges.collect::<Vec<_>>()
        })
        .collect()
}

/// The addresses of nodes, of the API server and of BGP peers, and the ranges of Services that BGP advertises.
pub fn occupied(snapshot: &Snapshot) -> Vec<Cidr> {
    let nodes = snapshot.nodes.items().iter();
    let nodes = nodes.flat_map(|node| internal(node).chain(used_by_calico(node)));
    let nodes = nodes.map(|it| it.address);
    let others = api_servers(snapshot).into_iter().chain(peers(snapshot));
    let others = others.map(|(address, _)| address);
    let advertised = advertised(snapshot).into_iter().map(|(range, _)| range);
    nodes
        .chain(others)
        .map(Cidr::of_address)
        .chain(advertised)
        .collect()
}

/// The address of a peer outside the cluster, which may have a port.
fn address(peer: &BgpPeer) -> Option<IpAddr> {
    let text = &peer.spec.peer_ip;
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_peer_may_have_a_port() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:1790", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]:1790", Some("2001:db8::1")),
            ("", None),
        ] {
            let peer = json!({"metadata": {"name": "a"}, "spec": {"peerIP": text}});
            let peer: BgpPeer = serde_json::from_value(peer).unwrap();
            assert_eq!(address(&peer), expected.map(|it| it.parse().unwrap()));
        }
    }

    #[test]
    fn addresses_that_calico_uses_count_unless_they_are_a_bridges() {
        let addresses = |calicos: &str| {
            let node = json!({
                "metadata": {"name": "a", "annotations": {"projectcalico.org/IPv4Address": calicos}},
                "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
            });
            let node: Node = serde_json::from_value(node).unwrap();
            let found = internal(&node).chain(used_by_calico(&node));
            found.map(|it| it.address.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(addresses("10.0.0.1/24"), ["10.0.0.1"]);
        assert_eq!(addresses("192.168.60.5/24"), ["10.0.0.1", "192.168.60.5"]);
        assert_eq!(addresses("172.17.0.1/16"), ["10.0.0.1"]);
    }
}
