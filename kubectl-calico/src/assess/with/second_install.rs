//! Manifests that install Calico beside the one that is there.

use crate::assess::checks::migration::HALF_MIGRATED;
use crate::assess::finding::Finding;
use crate::assess::subject::Subject;
use crate::facts::Facts;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{default_installation, operator_deployment};

/// A calico-node of the manifests beside the operator's. There is no migration yet that could continue.
pub(super) fn second_install(subject: Subject, before: &Facts) -> Finding {
    let upgrade = match before.install.method.value() {
        Some(Method::Operator { by }) => by.upgrade(),
        _ => Installer::Manifests.upgrade(),
    };
    Finding::error(
        &HALF_MIGRATED.entry,
        subject,
        "the manifests install Calico a second time, next to the operator's",
    )
    .exists(ObjectRef::installation())
    .impact(
        "the operator treats them as an install to migrate, and their CRDs and kube-controllers \
         can be of another version",
    )
    .in_manifest(format!(
        "do not apply these manifests: to upgrade Calico, {upgrade}; to change a setting, change \
         the Installation"
    ))
}

/// A calico-node of the manifests beside that of other manifests, such as Canal's.
pub(super) fn second_node(cluster: &Snapshot, snapshot: &Snapshot) -> Option<Finding> {
    let there = CalicoNode::all(cluster);
    let first = there.first().filter(|node| !node.is_of_operator())?;
    let nodes = CalicoNode::all(snapshot);
    let is_there = |node: &CalicoNode| there.iter().any(|it| it.object() == node.object());
    let added = nodes
        .iter()
        .find(|node| !is_there(node) && !node.is_of_operator())?;
    let finding = Finding::error(
        &HALF_MIGRATED.entry,
        added.object(),
        format!(
            "the manifests install Calico a second time, next to {}",
            first.object()
        ),
    )
    .exists(added.object())
    .exists(first.object())
    .impact("both program the routes and policies of a node")
    .in_manifest(format!(
        "do not apply these manifests: to replace {}, remove its install in a maintenance window first, because new pods \
         get no network until the other one runs",
        first.object()
    ));
    Some(finding)
}

/// An operator with an Installation beside Canal, which it does not recognize as an install to migrate.
/// Source: tigera/operator v1.42.3, pkg/controller/migration/convert/components.go (it looks for `canal-node`).
pub(super) fn operator_beside_canal(cluster: &Snapshot, snapshot: &Snapshot) -> Option<Finding> {
    let is_installed = |snapshot: &Snapshot| {
        operator_deployment(snapshot).is_some() && default_installation(snapshot).is_some()
    };
    let canal = CalicoNode::all(cluster);
    let canal = canal.iter().find(|node| node.is_canal())?;
    if is_installed(cluster) || !is_installed(snapshot) {
        return None;
    }
    let finding = Finding::error(
        &HALF_MIGRATED.entry,
        ObjectRef::installation(),
        format!(
            "the operator installs Calico a second time, next to {}: it never migrates Canal",
            canal.object()
        ),
    )
    .exists(ObjectRef::installation())
    .exists(canal.object())
    .impact(
        "both calico-node versions program policies on every node, and new pods get addresses from Calico's pools, to \
         which flannel has no routes: they cannot reach the pods that are there",
    )
    .in_manifest(format!(
        "do not apply these manifests: to replace {}, remove its install in a maintenance window first, because new pods \
         get no network until the other one runs",
        canal.object()
    ));
    Some(finding)
}
