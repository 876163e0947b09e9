//! What can be wrong, by subject: one file each, with the checks declared next to what finds them.
//!
//! CAL1xx: the install and its components. CAL2xx: pools and networks. CAL3xx: routing.
//! CAL4xx: Typha. CAL5xx: nodes and pods.

mod installation;
mod operator;
mod pod_network;
mod reporting;
mod typha;

use super::check::Check;

/// Every check, in the order of their codes.
pub static CHECKS: &[Check] = &[
    installation::INSTALLATION_MISSING,
    installation::INSTALLATION_NAME,
    operator::OPERATOR_NOT_READY,
    reporting::REPORT_OUTDATED,
    reporting::NOTHING_REPORTED,
    pod_network::POOL_OUTSIDE_POD_NETWORK,
    typha::TYPHA_MISSING,
];
