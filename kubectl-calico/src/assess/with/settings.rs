//! Settings of the manifests that nodes or new pods cannot work with.

use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use serde_yaml::Value;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::phrases::{counted, few};
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::ipam_config::{self, claims_blocks};
use crate::views::node_addresses::NodeAddresses;
use crate::views::objects::default_installation;

pub(super) static UNSUITABLE_SETTING: Entry = Entry {
    code: "CAL133",
    title: "the manifests set what nodes or new pods cannot work with",
    meaning: "With the manifests, the MTU of pods is larger than the one that was detected, nodes no longer claim \
              blocks, or calico-node looks for the addresses of nodes in networks in which they have none.",
    impact: "Large packets are lost, new pods get no addresses, or calico-node does not start.",
    criteria: "Only with --with, and only if the cluster does not have the setting already.\n\
               - calicoNetwork.mtu of the Installation is larger than its status.mtu, while the cluster has no \
               calicoNetwork.mtu: Calico has detected that one.\n\
               - autoAllocateBlocks of the IPAMConfig is false, and Calico's IPAM assigns addresses.\n\
               - None of the addresses that Calico and the kubelet report of a node is in \
               nodeAddressAutodetectionV4.cidrs. A node can have others, so the finding is a warning, as in all of \
               these cases.",
    fix: "Leave the setting out of the manifests, or give it another value.",
    source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; projectcalico/calico v3.32.1, \
             libcalico-go/lib/ipam/ipam.go (findOrClaimBlock) and node/pkg/lifecycle/startup/autodetection",
};

/// The findings.
pub(super) fn unsuitable_settings(before: &Case, after: &Case) -> impl Iterator<Item = Finding> {
    let found = [
        larger_mtu(before, after),
        no_blocks(before, after),
        no_addresses(before, after),
    ];
    found.into_iter().flatten()
}

/// What the operator does about another MTU, as a clause.
pub(super) fn another_mtu(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (was, is) = (mtu(before), mtu(after));
    if was == is || default_installation(before).is_none() {
        return None;
    }
    let to = is.map_or_else(
        || "the one that it detects".to_owned(),
        |mtu| mtu.to_string(),
    );
    let from = was.or_else(|| detected(before));
    let from = from.map_or_else(String::new, |mtu| format!(" from {mtu}"));
    Some(format!(
        "changes the MTU of pods{from} to {to}, node by node; running pods keep theirs until they are recreated"
    ))
}

fn larger_mtu(before: &Case, after: &Case) -> Option<Finding> {
    let is = mtu(after.snapshot)?;
    let detected = detected(before.snapshot)?;
    if mtu(before.snapshot).is_some() || is <= detected {
        return None;
    }
    let object = ObjectRef::installation();
    let message =
        format!("the MTU of pods, {is}, is larger than {detected}, which Calico has detected");
    Some(
        Finding::warning(&UNSUITABLE_SETTING, &object, message)
            .evidence(&object, MTU, is)
            .evidence(&object, "status.mtu", detected)
            .impact(
                "packets larger than the network between the nodes can carry are lost: connections are established, but \
                 then hang",
            )
            .fix(format!(
                "leave {MTU} out of the manifest of the Installation, unless every node's network interface carries more \
                 than Calico has detected"
            )),
    )
}

fn no_blocks(before: &Case, after: &Case) -> Option<Finding> {
    if claims_blocks(after.snapshot)
        || !claims_blocks(before.snapshot)
        || after.facts.by_calico_ipam() != Some(true)
    {
        return None;
    }
    let object = ipam_config::object();
    Some(
        Finding::warning(
            &UNSUITABLE_SETTING,
            &object,
            "nodes no longer claim blocks",
        )
        .evidence(&object, "spec.autoAllocateBlocks", false)
        .impact(
            "a node that has no block, or has used up the addresses of its blocks, gives new pods no address: they stay \
             in ContainerCreating",
        )
        .fix(format!(
            "leave spec.autoAllocateBlocks out of the manifest of {object}"
        )),
    )
}

fn no_addresses(before: &Case, after: &Case) -> Option<Finding> {
    let networks = networks(after.snapshot);
    if networks.is_empty() || networks == self::networks(before.snapshot) {
        return None;
    }
    let is_inside = |address: IpAddr| networks.iter().any(|network| network.holds(address));
    let nodes = NodeAddresses::all(after.snapshot);
    let outside = nodes.iter().filter(|node| {
        let mut addresses = std::iter::once(&node.used).chain(&node.internal);
        !addresses.any(|address| is_inside((*address).into()))
    });
    let names: Vec<&str> = outside
        .map(|node| node.node.metadata.name.as_str())
        .collect();
    if names.is_empty() {
        return None;
    }
    let object = ObjectRef::installation();
    let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let message = format!(
        "no address of {} is in the networks in which calico-node looks for it",
        counted(names.len(), "node")
    );
    Some(
        Finding::warning(&UNSUITABLE_SETTING, &object, message)
            .evidence(&object, CIDRS, networks.join(", "))
            .evidence(ObjectRef::all("Node"), "metadata.name", few(&names))
            .impact(
                "calico-node does not start on a node on which it finds no address: new pods there get no network, and \
                 routes and policies are no longer updated",
            )
            .fix(format!(
                "set {CIDRS} in the manifest of the Installation to networks in which every node has an address"
            )),
    )
}

const MTU: &str = "spec.calicoNetwork.mtu";

const CIDRS: &str = "spec.calicoNetwork.nodeAddressAutodetectionV4.cidrs";

/// The MTU that the Installation sets.
fn mtu(snapshot: &Snapshot) -> Option<i64> {
    network(snapshot)?.get("mtu")?.as_i64()
}

/// The MTU of pods that the operator reports.
fn detected(snapshot: &Snapshot) -> Option<i64> {
    let mtu = default_installation(snapshot)?.status.mtu;
    mtu.filter(|mtu| *mtu > 0)
}

/// The networks in which calico-node looks for the addresses of nodes.
fn networks(snapshot: &Snapshot) -> Vec<Cidr> {
    let network = network(snapshot);
    let cidrs = network.and_then(|it| {
        it.get("nodeAddressAutodetectionV4")?
            .get("cidrs")?
            .as_sequence()
    });
    let texts = cidrs.into_iter().flatten().filter_map(Value::as_str);
    texts.filter_map(|text| text.parse().ok()).collect()
}

fn network(snapshot: &Snapshot) -> Option<&Value> {
    default_installation(snapshot)?.spec.get("calicoNetwork")
}
