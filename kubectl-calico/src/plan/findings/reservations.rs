//! New pools of which IPReservations exclude every address.

use calico_core::capacity::addresses;
use calico_core::cidr::Cidr;

use crate::assess::finding::Finding;
use crate::phrases::grouped;
use crate::plan::catalog::POOL_TOO_SMALL;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::views::ipam_blocks::{not_reserved, reservations};

/// A finding for each such pool.
pub(crate) fn findings(inputs: &Inputs, planned: &[Pool]) -> Vec<Finding> {
    let cidrs = planned.iter().filter_map(|pool| {
        let cidr = *pool.cidr.value()?;
        let existing = inputs.existing(pool.family);
        let is_kept = existing.is_some_and(|existing| existing.network == Some(cidr));
        (!is_kept).then_some(cidr)
    });
    cidrs
        .filter(|cidr| not_reserved(inputs.snapshot, cidr) == 0)
        .map(|cidr| finding(inputs, cidr))
        .collect()
}

fn finding(inputs: &Inputs, cidr: Cidr) -> Finding {
    let message = format!(
        "no address is left: IPReservations exclude all {}",
        grouped(addresses(&cidr))
    );
    Finding::error(&POOL_TOO_SMALL, cidr.to_string(), message)
        .for_few(
            reservations(inputs.snapshot, &[cidr]),
            |finding, (object, cidrs)| finding.evidence(object, "spec.reservedCIDRs", cidrs),
        )
        .impact("no pod gets an address from the pool: new pods stay in ContainerCreating")
        .fix("choose another range with --cidr, or remove the reservation first if it is no longer needed")
}
