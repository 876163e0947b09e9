//! How Calico was installed.

use serde::Serialize;

use super::installer::{Installer, installer};
use super::manifest::{Manifest, manifest};
use super::platform::Platform;
use crate::facts::fact::Fact;
use crate::snapshot::{ObjectRef, Provenance, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{default_installation, object_of, operator_deployment};

/// How Calico was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Method {
    /// By the operator.
    Operator {
        /// What installed the operator and the Installation.
        by: Installer,
    },
    /// From one of Calico's manifests, or from something derived from one.
    Manifest {
        /// The manifest.
        variant: Manifest,
    },
    /// From Canal's manifest: flannel provides pod networking, and Calico enforces policy.
    Canal,
    /// The operator is taking over an install from manifests: both run.
    Migrating,
    /// Not installed: the operator runs, but no Installation named `default` exists.
    OperatorOnly,
    /// Not running: an Installation exists, but neither the operator nor calico-node runs.
    InstallationOnly,
    /// Not running: no part of Calico is running, but IPPools from an earlier installation exist.
    Remnants,
    /// Not installed.
    Nothing,
}

/// The install method of a snapshot, determined from the running workloads and the resources that
/// request them.
pub fn method(snapshot: &Snapshot, platform: Option<Platform>) -> Fact<Method> {
    let nodes = CalicoNode::all(snapshot);
    let from: Vec<Provenance> = nodes.iter().map(|node| node.at("")).collect();
    let by_operator = nodes.iter().any(CalicoNode::is_of_operator);
    let by_manifest = nodes.iter().find(|node| !node.is_of_operator());
    match by_manifest {
        Some(_) if by_operator => Fact::Known {
            value: Method::Migrating,
            from,
        },
        Some(node) => of_manifest(node, from),
        None if by_operator || default_installation(snapshot).is_some() => {
            of_installation(snapshot, platform, from)
        }
        None => not_running(snapshot),
    }
}

/// The method of an install whose calico-node is a manifest's.
fn of_manifest(node: &CalicoNode, mut from: Vec<Provenance>) -> Fact<Method> {
    if node.is_canal() {
        let value = Method::Canal;
        return Fact::Known { value, from };
    }
    let (variant, evidence) = manifest(node);
    from.push(evidence);
    let value = Method::Manifest { variant };
    Fact::Known { value, from }
}

/// The method where the operator's calico-node runs, or an Installation requests it. `from` is the former, if it runs.
fn of_installation(
    snapshot: &Snapshot,
    platform: Option<Platform>,
    mut from: Vec<Provenance>,
) -> Fact<Method> {
    let (by, evidence) = installer(snapshot, platform);
    // A proposal of an Installation is for a cluster with the operator. Without permission to list Deployments, the
    // operator may still run; without that to list DaemonSets, calico-node.
    let unread = snapshot
        .operators
        .unknown()
        .or(snapshot.daemon_sets.failure());
    let runs = !from.is_empty() || operator_deployment(snapshot).is_some();
    let value = if runs || snapshot.basis.is_proposal() || unread.is_some() {
        Method::Operator { by }
    } else {
        Method::InstallationOnly
    };
    let installation = default_installation(snapshot);
    from.extend(installation.map(|_| Provenance::new(ObjectRef::installation(), "")));
    from.extend(evidence);
    Fact::Known { value, from }
}

/// The method where neither calico-node nor an Installation was found.
fn not_running(snapshot: &Snapshot) -> Fact<Method> {
    if let Some(operator) = operator_deployment(snapshot) {
        let unread = snapshot.installations.unknown();
        if let Some(why) = unread.or(snapshot.daemon_sets.failure()) {
            return why.into();
        }
        let from = Provenance::new(object_of(operator), "");
        return Fact::known(Method::OperatorOnly, from);
    }
    let unread = [
        snapshot.daemon_sets.unknown(),
        snapshot.operators.unknown(),
        snapshot.installations.unknown(),
        snapshot.ip_pools.failure(),
    ];
    if let Some(why) = unread.into_iter().flatten().next() {
        return why.into();
    }
    if !snapshot.ip_pools.items().is_empty() {
        return Fact::known(Method::Remnants, Provenance::all("IPPool"));
    }
    Fact::Known {
        value: Method::Nothing,
        from: ["DaemonSet", "Deployment", "Installation"]
            .map(Provenance::all)
            .into(),
    }
}
