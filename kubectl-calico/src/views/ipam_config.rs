//! The configuration of Calico's IPAM.

use crate::snapshot::{IpamConfig, ObjectRef, Snapshot};

/// The object that it is in.
pub fn object() -> ObjectRef {
    ObjectRef::named("IPAMConfig", NAME)
}

/// The only name that Calico reads.
const NAME: &str = "default";

/// Whether a node uses only addresses of its own blocks.
pub fn is_strict(snapshot: &Snapshot) -> bool {
    config(snapshot).is_some_and(|config| config.spec.strict_affinity)
}

/// Whether nodes claim blocks, as they do by default.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (`findOrClaimBlock`).
pub fn claims_blocks(snapshot: &Snapshot) -> bool {
    let configured = config(snapshot).and_then(|config| config.spec.auto_allocate_blocks);
    configured.unwrap_or(true)
}

/// The most blocks that a node claims of a family.
/// Source: projectcalico/calico v3.26.0 to v3.32.1, libcalico-go/lib/ipam/ipam.go (`autoAssign`).
pub fn most_blocks(snapshot: &Snapshot) -> u32 {
    const DEFAULT: u32 = 20;
    let configured = config(snapshot).and_then(|config| config.spec.max_blocks_per_host);
    configured.filter(|most| *most > 0).unwrap_or(DEFAULT)
}

fn config(snapshot: &Snapshot) -> Option<&IpamConfig> {
    let mut configs = snapshot.ipam_configs.items().iter();
    configs.find(|config| config.metadata.name == NAME)
}
