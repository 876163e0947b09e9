//! What has to be open between nodes for what is planned.

use calico_core::pool::Encapsulation;

use super::comparison::PoolComparison;
use super::inputs::Inputs;
use super::pool::Pool;
use crate::assess::facts::ports::{self as facts, Port, Traffic};

/// The ports of a new install by the operator, which always runs Typha; on a cluster with pools
/// those that what changes needs beside the ports of now.
pub(super) fn ports(inputs: &Inputs, planned: &[Pool], live: &[PoolComparison]) -> Vec<Port> {
    let changes = |pool: &&Pool| {
        let changed = |compared: &PoolComparison| !compared.changes.is_empty();
        let mut live = live.iter();
        let live = live.find(|compared| pool.live.as_deref() == Some(&compared.pool));
        live.is_none_or(changed)
    };
    let changed = planned.iter().filter(changes);
    let encapsulations = changed.filter_map(|pool| pool.encapsulation.value());
    let encapsulations: Vec<Encapsulation> = encapsulations.copied().collect();
    if planned.is_empty() || !live.is_empty() && encapsulations.is_empty() {
        return Vec::new();
    }
    let traffic = Traffic {
        encapsulations,
        bgp: inputs.bgp,
        typha: live.is_empty(),
    };
    let now = &inputs.facts.routing.ports;
    let mut ports = facts::ports(inputs.snapshot, &traffic);
    ports.retain(|port| !now.contains(port));
    ports
}
