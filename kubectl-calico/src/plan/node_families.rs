//! Families of which nodes have no address. As soon as there is a pool of one, the operator has calico-node detect an
//! address of it on every node, and calico-node stops if it finds none.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (fillDefaults);
//! projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go (configureIPsAndSubnets).

use calico_core::cidr::Family;

use super::inputs::Inputs;
use crate::views::node_families::without;

/// Whether a family is left out of the plan: the pod network has it, but no node reports an address of it, without which
/// calico-node would not start once there is a pool.
pub(super) fn is_left_out(inputs: &Inputs, family: Family) -> bool {
    let mut existing = inputs.existing_pools();
    existing.next().is_some()
        && inputs.existing(family).is_none()
        && inputs.listed(family).is_none()
        && !inputs.request.concerns(family)
        && is_on_no_node(inputs, family)
}

/// Whether nodes report addresses, and none of a family.
pub(super) fn is_on_no_node(inputs: &Inputs, family: Family) -> bool {
    let (lacking, others_have) = without(inputs.snapshot, family);
    !lacking.is_empty() && !others_have
}
