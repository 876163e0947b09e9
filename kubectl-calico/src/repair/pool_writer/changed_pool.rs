//! A pool to change.

use crate::facts::pools::ExistingPool;

/// A pool to change.
#[derive(Clone, Copy, Debug)]
pub struct ChangedPool<'a> {
    /// The name of the IPPool.
    pub name: &'a str,
    /// Its CIDR, as written.
    pub cidr: &'a str,
    /// Whether the operator owns it.
    pub owned: bool,
}

impl<'a> From<&'a ExistingPool> for ChangedPool<'a> {
    fn from(pool: &'a ExistingPool) -> Self {
        Self {
            name: &pool.name,
            cidr: &pool.cidr,
            owned: pool.owned_by_operator,
        }
    }
}
