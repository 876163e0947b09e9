//! The checks that do not apply to a proposal: they evaluate what runs, or need what the manifests do not
//! contain. Nothing is wrong with that, unlike with what could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::checks::CHECKS;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Basis, ObjectRef, Unknown};

/// Why checks do not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotApplicable {
    /// What the files do not contain: an object, or the kind whose objects are missing. Absent for
    /// checks of what runs in a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// Why the checks do not apply.
    pub why: String,
    /// The codes of the checks.
    pub codes: BTreeSet<&'static str>,
}

/// A row for the checks of what runs, and one for each object that the files do not contain. A check that
/// needs several of them is in the row of each.
pub(super) fn not_applicable(
    basis: &Basis,
    unknown: &[(&'static Resource, Unknown)],
) -> Vec<NotApplicable> {
    if !basis.is_proposal() {
        return Vec::new();
    }
    let (of_manifests, of_clusters): (Vec<_>, Vec<_>) =
        CHECKS.iter().partition(|check| check.judges_manifests());
    let mut rows = vec![NotApplicable {
        object: None,
        why: "it runs only in a cluster".to_owned(),
        codes: of_clusters.iter().map(|check| check.entry.code).collect(),
    }];
    for (resource, why) in unknown.iter().filter(|(_, why)| !why.is_failure()) {
        let needing = of_manifests.iter().filter(|check| check.needs(resource));
        let codes: BTreeSet<_> = needing.map(|check| check.entry.code).collect();
        if !codes.is_empty() {
            rows.push(NotApplicable {
                object: Some(resource.object()),
                why: why.to_string(),
                codes,
            });
        }
    }
    rows
}

/// The codes of all of them.
pub(super) fn codes(rows: &[NotApplicable]) -> BTreeSet<&'static str> {
    rows.iter()
        .flat_map(|row| row.codes.iter().copied())
        .collect()
}
