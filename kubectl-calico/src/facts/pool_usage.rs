//! How much of a pool is in use, and for how many nodes there is room.

use serde::Serialize;

/// How much of a pool is in use, computed as calicoctl does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PoolUsage {
    /// The addresses that are assigned to pods, tunnels and the like.
    pub in_use: u128,
    /// The free addresses that an IPReservation excludes.
    pub reserved: u128,
    /// All addresses.
    pub total: u128,
    /// The blocks that exist, of any size.
    pub blocks: u128,
    /// The blocks that the pool can be divided into.
    pub blocks_possible: u128,
    /// The blocks that a node without one can claim: those that do not exist yet and are not reserved as
    /// a whole and, from Calico 3.32 on, empty ones that another node can spare.
    pub blocks_free: u128,
    /// The nodes that have a block.
    pub nodes: usize,
    /// The nodes that have no block of the family yet, and for which there is one in this pool.
    pub nodes_waiting: u128,
    /// The nodes that have no block of the family yet, whether there is one in this pool or not, but for those that
    /// the pools before it have one for.
    #[serde(skip)]
    pub nodes_without_block: u128,
    /// The further nodes for which there is a block; absent unless the pool gives addresses to pods on
    /// every node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<u128>,
}

impl PoolUsage {
    /// The addresses that are assigned or that no pod can get.
    pub fn taken(&self) -> u128 {
        self.in_use.saturating_add(self.reserved)
    }

    /// The share of the addresses that pods can get which is in use, from 0 to 1.
    pub fn share(&self) -> f64 {
        let usable = self.total.saturating_sub(self.reserved);
        if usable == 0 {
            return if self.total == 0 { 0.0 } else { 1.0 };
        }
        // Exact to 53 bits, and shown in whole percents.
        #[allow(clippy::cast_precision_loss, reason = "a share needs no more")]
        let share = self.in_use as f64 / usable as f64;
        share
    }
}
