//! What else is worth knowing of a planned pool.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;

use crate::plan::inputs::Inputs;

/// Up to how many nodes Calico's documentation calls a full mesh of BGP fine.
const MESH: u32 = 100;

/// Notes on a pool that is to be made; a live one is status' subject.
pub(crate) fn notes(
    inputs: &Inputs,
    cidr: Option<&Cidr>,
    encapsulation: Option<&Encapsulation>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(cidr) = cidr.filter(|_| inputs.live_pools().next().is_none()) else {
        return notes;
    };
    let unique_local = "fc00::/7"
        .parse::<Cidr>()
        .is_ok_and(|local| local.contains(cidr));
    if cidr.family() == Family::V6 && unique_local {
        notes.push(
            "pods reach nothing outside by IPv6: the operator's natOutgoing is Disabled there, and \
             nobody routes answers to fc00::/7"
                .to_owned(),
        );
    }
    if inputs.windows() > 0 && cidr.family() == Family::V4 {
        let services = inputs.facts.networks.services.first();
        let services = services.map(|network| format!(" ({})", network.list()));
        notes.push(format!(
            "for Windows the operator asks the Installation for calicoNetwork.windowsDataplane: HNS \
             and serviceCIDRs{}, which are not in this plan",
            services.unwrap_or_default()
        ));
    }
    let many = inputs.nodes.value().filter(|nodes| **nodes > MESH);
    if let (Some(nodes), Family::V4, true) = (many, cidr.family(), inputs.bgp) {
        notes.push(match encapsulation.is_some_and(|e| e.is_vxlan()) {
            true => format!(
                "calicoNetwork.bgp: Disabled spares each of {nodes} nodes a BGP session with every \
                 other, which VXLAN does not need"
            ),
            false => format!(
                "past {MESH} nodes BGP wants route reflectors in place of a session of each node \
                 with every other"
            ),
        });
    }
    notes
}
