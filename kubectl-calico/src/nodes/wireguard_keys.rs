//! The WireGuard keys that a node has published.

use serde::Serialize;

use crate::facts::Facts;
use crate::facts::dataplane::{has_keys, is_encrypted};
use crate::facts::fact::Fact;
use crate::snapshot::{Node, ObjectRef, Provenance, Snapshot};
use crate::views::felix::Felix;

const KEYS: [&str; 2] = [
    "projectcalico.org/WireguardPublicKey",
    "projectcalico.org/WireguardPublicKeyV6",
];

/// The WireGuard keys of a node for which WireGuard is enabled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WireGuardKeys {
    /// Whether there is a key for each address family for which WireGuard is enabled. Without one, traffic
    /// to and from the node is not encrypted.
    pub complete: bool,
    /// The public keys.
    pub public_keys: Vec<String>,
}

pub(super) fn wireguard_keys(
    node: &Node,
    snapshot: &Snapshot,
    facts: &Facts,
) -> Fact<WireGuardKeys> {
    if let Fact::Unknown { unknown } = &facts.encryption {
        return Fact::unknown(unknown.clone());
    }
    let felix = Felix::of(snapshot);
    if !node.is_linux() || !is_encrypted(&felix, node) {
        return Fact::absent("WireGuard is not enabled");
    }
    let keys = KEYS.into_iter();
    let keys = keys.filter_map(|key| Some(node.metadata.annotation(key)?.to_owned()));
    let value = WireGuardKeys {
        complete: has_keys(&felix, node),
        public_keys: keys.collect(),
    };
    let object = ObjectRef::of("Node", &node.metadata);
    let [annotation, _] = KEYS;
    Fact::known(
        value,
        Provenance::new(object, format!("annotation {annotation}")),
    )
}
