//! The encapsulation of a pool that takes the place of another one: what the findings about that one recommend (CAL301,
//! CAL303, CAL305, CAL317), because pods move to the new pool only once.

use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;

use crate::assess::check::Case;
use crate::facts::cloud_network::{Ipip, Unencapsulated};
use crate::facts::pool_encapsulation::with_both_tunnels;
use crate::facts::pools::ExistingPool;
use crate::views::node_subnets::is_each_alone;

/// Another encapsulation than that of the old pool.
pub(crate) struct Better {
    pub(crate) encapsulation: Encapsulation,
    /// Why, as a clause.
    pub(crate) why: String,
}

/// A better encapsulation for a pool in the place of this one. None if its own is right, or with host-local IPAM, whose
/// pools are not replaced.
pub(crate) fn better(case: &Case, old: &ExistingPool) -> Option<Better> {
    if let Some(encapsulation) = with_both_tunnels(&old.spec) {
        let why = "the pool has both IPIP and VXLAN".to_owned();
        return Some(Better { encapsulation, why });
    }
    better_than(case, old.family()?, old.encapsulation)
}

/// The same for an encapsulation.
pub(crate) fn better_than(
    case: &Case,
    family: Family,
    encapsulation: Encapsulation,
) -> Option<Better> {
    if case.facts.by_pod_cidr() {
        return None;
    }
    let why = dropped(case, family, encapsulation).or_else(|| without_routes(case, encapsulation));
    Some(Better {
        encapsulation: Encapsulation::Vxlan,
        why: why?,
    })
}

/// Why the cloud drops the traffic. Where one setting of each port or VNIC lets unencapsulated traffic pass, it may have
/// been made.
fn dropped(case: &Case, family: Family, encapsulation: Encapsulation) -> Option<String> {
    let cloud = *case.facts.cluster.cloud.value()?;
    let name = cloud.name();
    if encapsulation.is_ipip() {
        match cloud.network().ipip {
            Ipip::Dropped => return Some(format!("{name}'s network drops IPIP")),
            Ipip::DroppedByFirewalls => {
                return Some(format!("a {name} cloud firewall drops IPIP"));
            }
            Ipip::CanPass => {}
        }
    }
    let is_plain = match encapsulation {
        Encapsulation::None => true,
        Encapsulation::VxlanCrossSubnet | Encapsulation::IpipCrossSubnet => {
            !is_each_alone(case.snapshot.nodes.items(), family)
        }
        Encapsulation::Vxlan | Encapsulation::Ipip => false,
    };
    let needs_routes = matches!(
        cloud.network().unencapsulated,
        Unencapsulated::WithRoutes { .. }
    );
    (is_plain && needs_routes).then(|| {
        format!("{name} drops unencapsulated pod traffic for which it has no routes, and has none for a new range")
    })
}

/// That only BIRD, which does not run, would program the routes.
fn without_routes(case: &Case, encapsulation: Encapsulation) -> Option<String> {
    let runs = case.facts.routing.bgp.runs.value() != Some(&false);
    let mut modes = case.facts.routing.known_modes().iter();
    let is_without =
        modes.any(|mode| mode.encapsulation == Some(encapsulation) && mode.routes_by.is_none());
    (is_without && !runs)
        .then(|| format!("BIRD does not run, and nothing else programs routes for {encapsulation}"))
}
