//! What could not be read, and what that leaves unchecked.

use std::collections::BTreeSet;

use serde::Serialize;

use super::checks::CHECKS;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::CALICO_PODS;
use crate::snapshot::{ObjectRef, Unknown, denied_user};

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotRead {
    /// The object that could not be read, or the kind whose objects could not be.
    pub object: ObjectRef,
    /// Which objects of the kind, if others were read: those outside Calico.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<&'static str>,
    /// What kind of reason there is.
    pub reason: Reason,
    /// Why it could not be read.
    pub why: String,
    /// The missing permission, if that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The codes of the checks that were skipped because of it.
    pub codes: BTreeSet<&'static str>,
}

/// The kind of reason for which something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// A permission is missing.
    Forbidden,
    /// The request failed, or a limit of the run was reached.
    Failed,
    /// The given files do not contain it.
    NotGiven,
}

/// A row for each object and reason, though several rows of the table of resources may read it. What files
/// do not contain is left out if no check needs it.
pub(crate) fn not_read(unknown: &[(&'static Resource, Unknown)]) -> Vec<NotRead> {
    let mut rows: Vec<NotRead> = Vec::new();
    let calico_pods: &Resource = &CALICO_PODS;
    let of_calico_unknown = unknown
        .iter()
        .any(|(row, _)| std::ptr::eq(*row, calico_pods));
    for (resource, why) in unknown {
        let codes: BTreeSet<_> = CHECKS
            .iter()
            .filter(|check| check.is_skipped_without(resource, why))
            .map(|check| check.entry.code)
            .collect();
        if *why == Unknown::NotGiven && codes.is_empty() {
            continue;
        }
        let mut new = NotRead::new(resource, why, codes);
        if resource.kind == "Pod" && *why == Unknown::NotGiven && !of_calico_unknown {
            new.part = Some("outside Calico");
        }
        let same = |row: &&mut NotRead| {
            (&row.object, row.part, &row.why) == (&new.object, new.part, &new.why)
        };
        match rows.iter_mut().find(same) {
            Some(row) => row.codes.extend(new.codes),
            None => rows.push(new),
        }
    }
    rows
}

impl NotRead {
    /// A row of the table of resources that is unknown for that reason.
    pub(crate) fn new(resource: &Resource, why: &Unknown, codes: BTreeSet<&'static str>) -> Self {
        let (reason, permission) = match why {
            Unknown::Forbidden(_) => (Reason::Forbidden, Some(resource.permission())),
            Unknown::Failed(_) => (Reason::Failed, None),
            Unknown::NotGiven | Unknown::NotKept { .. } => (Reason::NotGiven, None),
        };
        Self {
            object: resource.object(),
            part: None,
            reason,
            why: why.to_string(),
            permission,
            codes,
        }
    }

    /// What could not be read, as in a sentence: `Pod outside Calico`.
    pub fn name(&self) -> String {
        match self.part {
            Some(part) => format!("{} {part}", self.object),
            None => self.object.to_string(),
        }
    }

    /// The user who lacks a permission.
    pub fn denied_user(&self) -> Option<&str> {
        denied_user(&self.why).filter(|_| self.reason == Reason::Forbidden)
    }
}
