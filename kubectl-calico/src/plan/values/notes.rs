//! Remarks on a new pool.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;
use calico_core::text::listed;

use crate::plan::inputs::Inputs;

/// The number of nodes up to which Calico's documentation recommends the node-to-node mesh.
const MESH: u32 = 100;

/// The range of unique local addresses (RFC 4193).
const UNIQUE_LOCAL: &str = "fc00::/7";

/// The remarks. Existing pools are covered by status.
pub(crate) fn notes(
    inputs: &Inputs,
    cidr: Option<&Cidr>,
    encapsulation: Option<&Encapsulation>,
) -> Vec<String> {
    match cidr {
        Some(cidr) if inputs.existing_pools().next().is_none() => {
            let of_family = match cidr.family() {
                Family::V4 => [windows(inputs), bgp_mesh(inputs, encapsulation)],
                Family::V6 => [unique_local(inputs, cidr), None],
            };
            let all = of_family.into_iter().chain([further_pools(inputs, cidr)]);
            all.flatten().collect()
        }
        _ => Vec::new(),
    }
}

fn further_pools(inputs: &Inputs, cidr: &Cidr) -> Option<String> {
    let family = cidr.family();
    let pools = inputs.written.pools.iter().flatten();
    let cidrs = pools.filter_map(|pool| pool.cidr.as_deref()?.parse::<Cidr>().ok());
    // The first is the planned one, or replaced by it.
    let of_family = cidrs.filter(|other| other.family() == family).skip(1);
    let further: Vec<String> = of_family.map(|other| other.to_string()).collect();
    (!further.is_empty()).then(|| format!("the Installation also lists {}", listed(further)))
}

fn unique_local(inputs: &Inputs, cidr: &Cidr) -> Option<String> {
    let range: Cidr = UNIQUE_LOCAL.parse().ok()?;
    let listed = inputs.listed(cidr.family());
    let written = listed.and_then(|(_, pool)| pool.nat_outgoing.as_deref());
    let nat = match written.filter(|text| !text.is_empty()) {
        None => "Disabled by default",
        Some("Disabled") => "Disabled",
        Some(_) => return None,
    };
    range.contains(cidr).then(|| {
        format!(
            "pods cannot reach addresses outside the cluster over IPv6: natOutgoing is {nat}, and \
             there is no return route to {UNIQUE_LOCAL}"
        )
    })
}

fn windows(inputs: &Inputs) -> Option<String> {
    let services = inputs.facts.networks.services.first();
    let services = services.map_or_else(String::new, |network| format!(" ({})", network.list()));
    (inputs.windows() > 0).then(|| {
        format!(
            "for Windows nodes, the operator requires calicoNetwork.windowsDataplane: HNS and \
             serviceCIDRs{services} in the Installation, which this plan does not set"
        )
    })
}

fn bgp_mesh(inputs: &Inputs, encapsulation: Option<&Encapsulation>) -> Option<String> {
    let nodes = inputs.nodes.value().filter(|nodes| **nodes > MESH)?;
    if !inputs.bgp {
        return None;
    }
    Some(if encapsulation.is_some_and(|e| e.is_vxlan()) {
        format!(
            "VXLAN does not need BGP: calicoNetwork.bgp: Disabled avoids a node-to-node mesh \
             between {nodes} nodes"
        )
    } else {
        format!(
            "with more than {MESH} nodes, use BGP route reflectors instead of the node-to-node \
             mesh"
        )
    })
}
