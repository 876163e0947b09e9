//! Nodes with another port or VNI for VXLAN than most. Part of CAL306.

use std::collections::BTreeMap;
use std::fmt::Display;

use calico_core::catalog::Entry;

use crate::assess::advice::felix_setting::removed;
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::snapshot::Provenance;
use crate::views::felix::{self, Felix, FelixSetting};
use crate::views::pods;

/// A setting that all nodes must share.
pub(super) struct Shared<T: 'static> {
    name: &'static str,
    setting: &'static FelixSetting<T>,
    default: T,
}

pub(super) static PORT: Shared<u16> = Shared {
    name: "port",
    setting: &felix::VXLAN_PORT,
    default: 4789,
};

pub(super) static VNI: Shared<u32> = Shared {
    name: "VNI",
    setting: &felix::VXLAN_VNI,
    default: 4096,
};

/// A setting of a node, and where it is set.
struct OnNode<T> {
    value: T,
    from: Provenance,
    is_linux: bool,
}

/// The findings, one for each place with another value: each Felix sends with its own to all other nodes.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/vxlan_mgr.go and
/// felix/dataplane/windows/win_dataplane.go.
pub(super) fn differing<T: Copy + Ord + Display>(
    entry: &Entry,
    case: &Case,
    shared: &Shared<T>,
) -> Vec<Finding> {
    let pools = case.facts.known_pools().iter();
    let mut used = pools.filter(|pool| pool.has_pods() && pool.encapsulation.is_vxlan());
    let told = on_nodes(case, shared);
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for told in &told {
        *counts.entry(told.value).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(_, count)| **count);
    let (Some((most, _)), Some(pool)) = (most, used.next()) else {
        return Vec::new();
    };
    let mut usual = told.iter().filter(|told| told.value == *most);
    let usual = usual
        .clone()
        .find(|told| !told.from.default)
        .or_else(|| usual.next());
    let mut findings: Vec<Finding> = Vec::new();
    let mut seen: Vec<&Provenance> = Vec::new();
    for other in told.iter().filter(|told| told.value != *most) {
        if seen.contains(&&other.from) {
            continue;
        }
        seen.push(&other.from);
        let where_it_is = if other.is_linux {
            "a node"
        } else {
            "Windows nodes"
        };
        let finding = Finding::error(
            entry,
            &other.from.object,
            format!(
                "VXLAN uses the {} {} on {where_it_is}, but {most} on others",
                shared.name, other.value
            ),
        )
        .read(&other.from, other.value);
        let finding = usual.iter().fold(finding, |finding, usual| {
            finding.read(&usual.from, usual.value)
        });
        let finding = finding
            .evidence(pool.object(), "encapsulation", pool.encapsulation)
            .impact("traffic between the pods of such a node and those of other nodes is dropped");
        findings.push(fixed(case, finding, shared, other));
    }
    findings
}

/// The setting on each node.
fn on_nodes<T: Copy>(case: &Case, shared: &Shared<T>) -> Vec<OnNode<T>> {
    let felix = Felix::of(case.snapshot);
    let windows = runs_on_windows(case);
    let nodes = case.snapshot.nodes.items().iter();
    let nodes = nodes.filter(|node| node.is_linux() || windows);
    let on_node = nodes.map(|node| {
        let told = felix.get_on_node(shared.setting, node);
        OnNode {
            value: told.as_ref().map_or(shared.default, |told| told.value),
            from: told.map_or_else(|| felix::default_of(shared.setting), |told| told.from),
            is_linux: node.is_linux(),
        }
    });
    on_node.collect()
}

fn fixed<T>(case: &Case, finding: Finding, shared: &Shared<T>, other: &OnNode<T>) -> Finding {
    if other.from.default || !other.is_linux {
        return finding.fix(format!(
            "set the same {} for all nodes, in the FelixConfiguration default: {}, and remove it everywhere else",
            shared.name, shared.setting.field
        ));
    }
    finding
        .fix("remove the setting, so that the node uses the same value as all others")
        .paste(removed(case, &other.from.object, shared.setting))
}

/// Whether Calico runs on Windows nodes, where the environment of calico-node for Linux does not apply.
fn runs_on_windows(case: &Case) -> bool {
    let pods = pods::wanted(case.snapshot);
    let mut pods = pods.filter(|pod| pods::app(pod) == "calico-node-windows");
    pods.next().is_some()
}
