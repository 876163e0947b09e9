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
    let mut from: Vec<Provenance> = nodes.iter().map(|node| node.at("")).collect();
    let by_operator = nodes.iter().any(CalicoNode::is_of_operator);
    let by_manifest = nodes.iter().find(|node| !node.is_of_operator());
    if by_operator && by_manifest.is_some() {
        let value = Method::Migrating;
        return Fact::Known { value, from };
    }
    if let Some(node) = by_manifest {
        if node.is_canal() {
            let value = Method::Canal;
            return Fact::Known { value, from };
        }
        let (variant, evidence) = manifest(node);
        from.push(evidence);
        let value = Method::Manifest { variant };
        return Fact::Known { value, from };
    }
    let installation = default_installation(snapshot);
    if by_operator || installation.is_some() {
        let (by, evidence) = installer(snapshot, platform);
        // A proposal of an Installation is for a cluster with the operator. Without permission to list Deployments, the operator may still run; without that to list
        // DaemonSets, calico-node.
        let unread = snapshot
            .operators
            .unknown()
            .or(snapshot.daemon_sets.failure());
        let runs = by_operator || operator_deployment(snapshot).is_some();
        let value = if runs || snapshot.basis.is_proposal() || unread.is_some() {
            Method::Operator { by }
        } else {
            Method::InstallationOnly
        };
        from.extend(installation.map(|_| Provenance::new(ObjectRef::installation(), "")));
        from.extend(evidence);
        return Fact::Known { value, from };
    }
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
