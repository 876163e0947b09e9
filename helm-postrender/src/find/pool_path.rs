//! The way from the Installation to its pools.

use crate::find::located::Located;
use crate::read::tree::NodeId;

/// The Installation's nodes on the way to its pools, as far as they are there.
pub(crate) struct Path {
    /// The Installation, `spec`, `calicoNetwork`.
    pub(crate) maps: Vec<NodeId>,
    /// `ipPools`
    pub(crate) list: Option<NodeId>,
    /// Its entries.
    pub(crate) pools: Vec<NodeId>,
}

impl Path {
    /// Follows the path; aliases on it are not resolved, so that they can be refused.
    pub(crate) fn of(located: &Located) -> Self {
        let tree = &located.tree;
        let mut maps = vec![located.root];
        for key in ["spec", "calicoNetwork"] {
            let last = maps.last().and_then(|map| tree.get(*map, key));
            maps.extend(last);
            if last.is_none() {
                break;
            }
        }
        let network = (maps.len() == 3).then(|| maps.last().copied()).flatten();
        let list = network.and_then(|network| tree.get(network, "ipPools"));
        Self {
            pools: list.map_or(Vec::new(), |list| tree.items(list).to_vec()),
            maps,
            list,
        }
    }
}
