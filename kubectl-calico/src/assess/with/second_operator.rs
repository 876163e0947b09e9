//! An operator in another namespace than the one that is there.

use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::check::Case;
use crate::assess::checks::two_operators::TWO_OPERATORS;
use crate::assess::finding::Finding;
use crate::views::objects::{object_of, operators};

/// The finding, if the manifests add one.
/// Source: tigera/operator v1.42.3, pkg/active/active.go.
pub(super) fn second_operator(before: &Case, after: &Case) -> Option<Finding> {
    let there = operators(before.snapshot);
    let first = there.first()?;
    let namespace = |found: &Deployment| found.metadata.namespace.clone();
    let added = operators(after.snapshot).into_iter().find(|found| {
        let runs = found
            .spec
            .as_ref()
            .is_none_or(|spec| spec.replicas != Some(0));
        runs && !there.iter().any(|it| namespace(it) == namespace(found))
    })?;
    let (first, added) = (object_of(first), object_of(added));
    Some(
        Finding::warning(
            &TWO_OPERATORS.entry,
            added.clone(),
            format!("the manifests install the operator a second time, next to {first}"),
        )
        .exists(added.clone())
        .exists(first)
        .impact(
            "the second operator waits as long as the ConfigMap calico-system/active-operator names another namespace: nothing is \
             upgraded. If the ConfigMap is deleted, it can take over, and installs the Calico of its own release",
        )
        .in_manifest(format!(
            "leave {added} out of the manifests; to upgrade the operator, change the Deployment that is there"
        )),
    )
}
