//! What must be open between nodes for what is planned.

use calico_core::pool::Encapsulation;

use super::comparison::PoolComparison;
use super::inputs::Inputs;
use super::pool::Pool;
use crate::assess::facts::ports::{self as facts, Port, Traffic};
use crate::repair::encapsulation::new_ports;

/// The ports of a new install by the operator, which always runs Typha. Where pools exist, those that
/// the changes need besides the ones that are already in use.
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
