//! How a finding that appears with manifests is fixed: in them, because without them the cluster does not
//! have it.

use super::origins::{Blamed, Origins};
use crate::assess::check::Remedy;
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::finding::Finding;
use crate::assess::manifest_fix::{remedy_of, without_commands};
use crate::repair::Step;
use calico_core::installation::path::POOLS;

/// The most fields that a step names.
const MOST_FIELDS: usize = 4;

/// Replaces the fix of the cluster by that of the manifests.
pub(super) fn fix(finding: &mut Finding, origins: &Origins) {
    let blamed = origins.blamed(finding);
    let what = finding
        .manifest_fix
        .clone()
        .or_else(|| of_pool(finding, origins, &blamed))
        .or_else(|| changes(origins, &blamed));
    match what {
        Some(what) => finding.fix = vec![Step::new(what)],
        None => before_applying(finding),
    }
}

/// Another CIDR or encapsulation, where the check requires one.
fn of_pool(finding: &Finding, origins: &Origins, blamed: &Blamed) -> Option<String> {
    finding.subject.pool()?;
    let pool = finding.subject.to_string();
    let is_created = origins.is_created(&pool);
    let fields = blamed.get(&pool)?;
    let what = match remedy_of(finding)? {
        // That of an existing pool is immutable.
        Remedy::Cidr if is_created || origins.is_new(&pool) => "CIDR",
        Remedy::Encapsulation if is_created || !fields.is_empty() => "encapsulation",
        _ => return None,
    };
    // The pod CIDR is the evidence after the pool's own.
    let network = finding.evidence.get(1);
    let network = network.filter(|_| finding.code == POOL_OUTSIDE_POD_NETWORK.entry.code);
    let what = match network {
        Some(network) => format!("a CIDR inside {}", network.value),
        None => format!("another {what}"),
    };
    Some(if is_created {
        format!("give the pool {what} in the manifest of the Installation")
    } else {
        format!("give the pool {what} in its manifest")
    })
}

/// The changes of the manifests, each of which fixes it.
fn changes(origins: &Origins, blamed: &Blamed) -> Option<String> {
    let changes = blamed.iter().map(|(object, fields)| {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let named = match fields.len() {
            0 => None,
            1..=MOST_FIELDS => Some(fields.join(", ")),
            _ => Some(format!("the {} fields that it changes", fields.len())),
        };
        if origins.is_created(object) {
            let name = object.rsplit('/').next().unwrap_or_default();
            format!("change the pool {name} in the manifest of the Installation, or leave it out")
        } else if !origins.is_new(object) {
            match named {
                Some(fields) => format!("change {fields} in the manifest of {object}"),
                None => format!("change the manifest of {object}"),
            }
        } else {
            let is_of_pool = |field: &&str| field.starts_with(POOLS);
            let it = if fields.iter().all(is_of_pool) {
                "the pool"
            } else {
                "it"
            };
            match named {
                Some(fields) => {
                    format!("change {fields} in the manifest of {object}, or leave {it} out")
                }
                None => format!("leave {object} out of the manifests"),
            }
        }
    });
    let changes: Vec<String> = changes.collect();
    (!changes.is_empty()).then(|| changes.join("; or "))
}

/// What the check advises for the cluster has to happen before the manifests are applied.
fn before_applying(finding: &mut Finding) {
    without_commands(finding);
    if let Some(first) = finding.fix.first_mut() {
        first.what = format!("before applying the manifests, {}", first.what);
    }
}
