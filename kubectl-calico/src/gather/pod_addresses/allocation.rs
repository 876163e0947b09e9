//! The addresses that IPAM has assigned, reduced as they are read: a cluster has hundreds of thousands.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;

use calico_core::cidr::Cidr;
use calico_core::ranges::nth;
use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;

/// An address with a handle. Without one, it is never released.
#[derive(Clone, Debug)]
pub(in crate::gather) struct Allocation {
    pub(super) address: IpAddr,
    /// A hash: handles are only compared.
    pub(super) handle: u64,
    /// The pod that it is for; `None` if that is not certain.
    pub(super) pod: Option<PodOfAddress>,
}

/// The pod that an address is for.
#[derive(Clone, Debug)]
pub(in crate::gather) struct PodOfAddress {
    pub(super) namespace: Box<str>,
    pub(super) name: Box<str>,
    pub(super) node: Box<str>,
    /// When the address was assigned.
    pub(super) time: Option<Timestamp>,
}

/// The allocations of a block.
#[derive(Debug, Deserialize)]
#[serde(from = "Block")]
pub(in crate::gather) struct Allocations(pub(super) Vec<Allocation>);

#[derive(Deserialize)]
struct Block {
    spec: BlockSpec,
}

#[derive(Deserialize)]
struct BlockSpec {
    cidr: String,
    #[serde(default)]
    allocations: Vec<Option<u16>>,
    #[serde(default)]
    attributes: Vec<Attribute>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attribute {
    handle_id: Option<String>,
    secondary: BTreeMap<String, String>,
    /// The other owner of an address while a virtual machine migrates (3.32 and later).
    #[serde(rename = "alternateOwnerAttrs")]
    alternate: Option<serde::de::IgnoredAny>,
}

/// The handle of what a Windows node needs itself. Such addresses are released with their block.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go.
const WINDOWS: &str = "windows-reserved-ipam-handle";

impl From<Block> for Allocations {
    fn from(block: Block) -> Self {
        let BlockSpec {
            cidr,
            allocations,
            attributes,
        } = block.spec;
        let Ok(cidr) = cidr.parse::<Cidr>() else {
            return Self(Vec::new());
        };
        let attributes: Vec<Option<(u64, Option<PodOfAddress>)>> =
            attributes.iter().map(Attribute::owner).collect();
        let assigned = allocations.iter().enumerate();
        let assigned = assigned.filter_map(|(ordinal, index)| {
            let (handle, pod) = attributes.get(usize::from((*index)?))?.clone()?;
            Some(Allocation {
                address: nth(&cidr, ordinal)?,
                handle,
                pod,
            })
        });
        Self(assigned.collect())
    }
}

impl Attribute {
    /// The handle, and the pod that its addresses are for.
    fn owner(&self) -> Option<(u64, Option<PodOfAddress>)> {
        let handle = self.handle_id.as_deref()?;
        if handle.eq_ignore_ascii_case(WINDOWS) {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        handle.hash(&mut hasher);
        Some((hasher.finish(), self.pod()))
    }

    /// Not the pod of a virtual machine, which keeps its address while it is stopped or migrates.
    /// Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam_allocation.go.
    fn pod(&self) -> Option<PodOfAddress> {
        let text = |key: &str| {
            let text = self.secondary.get(key)?;
            (!text.is_empty()).then(|| text.as_str().into())
        };
        if self.alternate.is_some() || self.secondary.contains_key("vmi-name") {
            return None;
        }
        Some(PodOfAddress {
            namespace: text("namespace")?,
            name: text("pod")?,
            node: text("node")?,
            time: self.secondary.get("timestamp").and_then(|text| time(text)),
        })
    }
}

/// A time as Go prints it: `2026-03-01 08:30:15.123456789 +0000 UTC`.
/// Source: projectcalico/calico v3.32.1, cni-plugin/pkg/ipamplugin/ipam_plugin.go.
fn time(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(' ');
    let (date, time, zone) = (parts.next()?, parts.next()?, parts.next()?);
    (zone == "+0000").then(|| format!("{date}T{time}Z").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_reduced_to_the_pods_of_its_addresses() {
        let block = r#"{"spec": {"cidr": "10.0.0.0/29", "allocations": [0, 1, null, 2, 3, 4, 5],
            "attributes": [
                {"handle_id": "a", "secondary": {"namespace": "shop", "pod": "web", "node": "n",
                    "timestamp": "2026-03-01 08:30:15.5 +0000 UTC"}},
                {"handle_id": "tunnel", "secondary": {"node": "n", "type": "vxlanTunnelAddress"}},
                {"secondary": {"namespace": "shop", "pod": "no-handle", "node": "n"}},
                {"handle_id": "Windows-Reserved-IPAM-Handle", "secondary": {}},
                {"handle_id": "vm", "secondary": {"namespace": "shop", "pod": "v", "node": "n", "vmi-name": ""}},
                {"handle_id": "vm2", "secondary": {"namespace": "shop", "pod": "v", "node": "n"},
                    "alternateOwnerAttrs": {}}]}}"#;
        let Allocations(all) = serde_json::from_str(block).unwrap();
        let shown: Vec<String> = all
            .iter()
            .map(|one| {
                let pod = one.pod.as_ref();
                let pod = pod.map(|pod| {
                    let time = pod.time.map(Timestamp::as_second);
                    format!("{}/{} {} {time:?}", pod.namespace, pod.name, pod.node)
                });
                format!("{} {}", one.address, pod.unwrap_or_default())
            })
            .collect();
        assert_eq!(
            shown,
            [
                "10.0.0.0 shop/web n Some(1772353815)",
                "10.0.0.1 ",
                "10.0.0.5 ",
                "10.0.0.6 "
            ]
        );
    }
}
