//! What has to be open between nodes for what is planned.

use super::Pool;
use super::basis::Basis;
use crate::assess::facts::ports::{self, Port, Traffic};

/// The ports of a new install by the operator, which always runs Typha, or those that changed pools
/// need beside what is open.
pub(super) fn ports(basis: &Basis, pools: &[Pool]) -> Vec<Port> {
    let encapsulations = pools.iter().filter_map(|pool| pool.encapsulation.value());
    let traffic = Traffic {
        encapsulations: encapsulations.copied().collect(),
        bgp: basis.bgp,
        typha: true,
    };
    ports::ports(basis.snapshot, &traffic)
}
