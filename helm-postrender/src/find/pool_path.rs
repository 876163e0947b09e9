//! The path from the Installation to its pools.

use crate::find::installation::LocatedInstallation;
use crate::read::tree::NodeId;

/// The keys on the path.
pub(crate) const KEYS: [&str; 3] = ["spec", "calicoNetwork", "ipPools"];

/// The nodes on the path, as far as they exist.
pub(crate) struct PoolPath {
    /// The Installation, `spec` and `calicoNetwork`.
    pub(crate) maps: Vec<NodeId>,
    /// `ipPools`
    pub(crate) list: Option<NodeId>,
    /// The entries of `ipPools`.
    pub(crate) pools: Vec<NodeId>,
}

impl PoolPath {
    /// Follows the path. Aliases on it are not resolved, so that they can be refused.
    pub(crate) fn of(located: &LocatedInstallation) -> Self {
        let tree = &located.tree;
        let [spec, network, list] = KEYS;
        let spec = tree.get(located.root, spec);
        let network = spec.and_then(|spec| tree.get(spec, network));
        let list = network.and_then(|network| tree.get(network, list));
        let maps = [Some(located.root), spec, network];
        Self {
            maps: maps.into_iter().flatten().collect(),
            list,
            pools: list.map_or(Vec::new(), |list| tree.items(list).to_vec()),
        }
    }
}
