//! What a rule reports.

use crate::pool::Field;

/// A violation as a rule finds it, regardless of the run.
pub(super) struct Details {
    /// The field, such as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub(super) path: String,
    /// The fields that it depends on: index of the pool, and field.
    pub(super) fields: Vec<(usize, Field)>,
    pub(super) problem: String,
    pub(super) impact: String,
    pub(super) fix: String,
}
