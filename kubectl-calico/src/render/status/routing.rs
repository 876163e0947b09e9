//! How the traffic of pods crosses nodes.

use super::words::{in_words, why_unknown};
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::facts::mtu::Mtu;
use crate::facts::ports::{Port, list};
use crate::facts::routing::Routing;
use crate::facts::routing_mode::{RoutesBy, RoutingMode};
use crate::render::page::UNKNOWN;
use crate::render::rows::Rows;

pub(super) fn routing(rows: &mut Rows, routing: &Routing) {
    let mut lines = vec![in_words(&routing.modes, |modes| {
        let lines: Vec<String> = modes.iter().map(mode).collect();
        lines.join("\n")
    })];
    lines.extend(bgp(routing));
    // Felix takes 0 for no value.
    let number = |mtu: &Mtu| mtu.bytes().filter(|bytes| *bytes > 0);
    let mtu = in_words(&routing.mtu, |mtu| match number(mtu) {
        Some(bytes) => bytes.to_string(),
        None => "detected per node".to_owned(),
    });
    // Without modes, it says nothing that it is detected.
    let is_set = routing.mtu.value().and_then(number).is_some();
    if is_set || lines.first().is_some_and(|line| line != UNKNOWN) {
        lines.push(format!("MTU of pods: {mtu}{}", overhead(routing)));
    }
    rows.fact("Routing", &lines.join("\n"));
    if !routing.ports.is_empty() {
        rows.row("Ports", &ports(&routing.ports));
    }
}

/// The ports that must be open.
pub(crate) fn ports(ports: &[Port]) -> String {
    format!("{} between nodes", list(ports))
}

fn mode(mode: &RoutingMode) -> String {
    let mut text = match mode.family {
        Some(family) => format!("{family}: {}", mode.summary),
        None => mode.summary.clone(),
    };
    if mode.overhead > 0 {
        let interface = mode.interface.map(|name| format!("{name}, "));
        text.push_str(&format!(
            " ({}{} bytes overhead per packet)",
            interface.unwrap_or_default(),
            mode.overhead
        ));
    }
    text.push_str(match mode.routes_by {
        Some(RoutesBy::Bird) => ", routes by BIRD",
        Some(RoutesBy::Felix) => ", routes by Felix",
        Some(RoutesBy::Vpp) => ", routes by VPP",
        Some(RoutesBy::Cloud) => ", routes by the cloud",
        None if mode.encapsulation.is_some() => ", no component programs the routes",
        None => "",
    });
    text
}

/// The peers of the nodes, unless they are those of the node-to-node mesh alone.
fn bgp(routing: &Routing) -> Option<String> {
    let by_calico = |mode: &RoutingMode| mode.encapsulation.is_some();
    if routing.bgp.runs.value() != Some(&true) || !routing.known_modes().iter().any(by_calico) {
        return None;
    }
    let peers = match routing.bgp.peers.value() {
        None | Some(0) => None,
        Some(1) => Some("1 BGPPeer".to_owned()),
        Some(peers) => Some(format!("{peers} BGPPeers")),
    };
    match (routing.bgp.mesh.value(), peers) {
        (Some(true), None) => None,
        (Some(true), Some(peers)) => Some(format!("BGP: node-to-node mesh and {peers}")),
        (Some(false), None) => Some("BGP: no node-to-node mesh, no BGPPeers".to_owned()),
        (Some(false), Some(peers)) => Some(format!("BGP: {peers}, no node-to-node mesh")),
        (None, _) => Some("BGP: peers unknown".to_owned()),
    }
}

/// The overhead that the MTU leaves room for, if it is more than that of the modes.
fn overhead(routing: &Routing) -> String {
    let of_modes = routing.known_modes().iter().map(|mode| mode.overhead).max();
    match &routing.overhead {
        Some(overhead) if Some(overhead.bytes) > of_modes => {
            format!(
                "; {} adds {} bytes per packet",
                overhead.purpose, overhead.bytes
            )
        }
        _ => String::new(),
    }
}

pub(super) fn dataplane(rows: &mut Rows, facts: &Facts) {
    let dataplane = in_words(&facts.dataplane, |dataplane| dataplane.name().to_owned());
    let encryption = match &facts.encryption {
        Fact::Unknown { unknown } if dataplane == why_unknown(unknown) => dataplane.clone(),
        Fact::Unknown { unknown } => format!("encryption {}", why_unknown(unknown)),
        fact => in_words(fact, |encryption| {
            if encryption.wireguard {
                format!(
                    "WireGuard enabled, {} of {} nodes have a key",
                    encryption.nodes_with_key, encryption.nodes
                )
            } else {
                "no encryption".to_owned()
            }
        }),
    };
    let text = match &facts.dataplane {
        Fact::Absent { absent } => format!("none: {absent}"),
        _ if dataplane == encryption => dataplane,
        _ => format!("{dataplane}; {encryption}"),
    };
    rows.fact("Data plane", &text);
}
