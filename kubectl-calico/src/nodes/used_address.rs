//! The address that Calico uses for a node.

use std::net::IpAddr;

use calico_core::cidr::Family;
use serde::Serialize;

use crate::facts::Facts;
use crate::facts::datastore::IN_ETCD;
use crate::facts::fact::Fact;
use crate::snapshot::{Node, ObjectRef, Provenance};
use crate::views::node_addresses::{ANNOTATION, annotation};

/// The addresses that calico-node has published for its node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsedAddress {
    /// What other nodes use to reach the node: an address of each family that Calico uses.
    pub used: Vec<IpAddr>,
    /// Whether an address that Calico uses is not an InternalIP.
    pub differs: bool,
}

pub(super) fn used_address(node: &Node, facts: &Facts) -> Fact<UsedAddress> {
    if facts.install.is_in_etcd() {
        return Fact::unknown(IN_ETCD);
    }
    let used: Vec<IpAddr> = Family::BOTH
        .into_iter()
        .filter_map(|family| address(node.metadata.annotation(annotation(family))?))
        .collect();
    if used.is_empty() {
        return Fact::absent(format!("no annotation {ANNOTATION}"));
    }
    let internal = node.internal_addresses();
    let known: Vec<IpAddr> = internal.filter_map(|it| it.parse().ok()).collect();
    // A family in which the kubelet reports no address cannot differ.
    let differs = used.iter().any(|used| {
        let mut same_family = known
            .iter()
            .filter(|it| it.is_ipv4() == used.is_ipv4())
            .peekable();
        same_family.peek().is_some() && same_family.all(|it| it != used)
    });
    let value = UsedAddress { used, differs };
    let object = ObjectRef::of("Node", &node.metadata);
    Fact::known(
        value,
        Provenance::new(object, format!("annotation {ANNOTATION}")),
    )
}

/// The address of `10.0.0.11/20`.
fn address(text: &str) -> Option<IpAddr> {
    let (address, _) = text.split_once('/').unwrap_or((text, ""));
    address.parse().ok()
}
