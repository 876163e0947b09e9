//! What decides how addresses are replaced.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Decides which bits of an address are flipped. One for all that a run prints, so that clusters on the same network
/// still show it.
#[derive(Clone, Debug)]
pub struct RedactionKey(RandomState);

impl RedactionKey {
    /// A key that nobody else has.
    pub fn random() -> Self {
        Self(RandomState::new())
    }

    /// Whether the bit at an index is flipped in addresses that begin with these bits.
    pub(super) fn flips(&self, leading: u128, index: u8) -> bool {
        self.0.hash_one((leading, index)) & 1 == 1
    }
}
