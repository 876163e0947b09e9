//! The IPReservations that exclude addresses of pools, as evidence.

use calico_core::cidr::Cidr;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::phrases::MOST_NAMES;
use crate::views::ipam_blocks::reservations;

/// Adds those that exclude addresses of any of these networks.
pub(crate) fn with_reservations(case: &Case, finding: Finding, networks: &[Cidr]) -> Finding {
    reservations(case.snapshot, networks)
        .take(MOST_NAMES)
        .fold(finding, |finding, (object, cidrs)| {
            finding.evidence(object, "spec.reservedCIDRs", cidrs)
        })
}
