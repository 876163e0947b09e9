//! The ports that must be open between nodes for the plan.

use calico_core::pool::Encapsulation;

use super::comparison::PoolComparison;
use super::inputs::Inputs;
use super::pool::Pool;
use crate::facts::ports::{self as facts, Port, Traffic};
use crate::repair::encapsulation::new_ports;

/// The ports of a new operator install, which always includes Typha. If pools exist, the ports that
/// the changes need in addition to those already in use.
pub(super) fn ports(inputs: &Inputs, planned: &[Pool], existing: &[PoolComparison]) -> Vec<Port> {
    let is_new_or_changed = |pool: &&Pool| {
        existing
            .iter()
            .find(|compared| pool.existing.as_deref() == Some(&compared.pool))
            .is_none_or(|compared| !compared.changes.is_empty())
    };
    let encapsulations: Vec<Encapsulation> = planned
        .iter()
        .filter(is_new_or_changed)
        .filter_map(|pool| pool.encapsulation.value().copied())
        .collect();
    if encapsulations.is_empty() {
        return Vec::new();
    }
    if !existing.is_empty() {
        return new_ports(inputs.snapshot, inputs.facts, encapsulations);
    }
    let traffic = Traffic {
        encapsulations,
        bgp: inputs.bgp,
        typha: true,
    };
    let mut ports = facts::ports(inputs.snapshot, &traffic);
    ports.retain(|port| !inputs.facts.routing.ports.contains(port));
    ports
}
