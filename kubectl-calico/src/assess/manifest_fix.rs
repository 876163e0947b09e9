//! How a finding is fixed in manifests that have yet to be applied: of a proposal, or laid over a cluster.
//! Commands would change a cluster that is not to blame.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Remedy;
use super::checks::judges;
use super::finding::Finding;
use crate::repair::Step;
use crate::snapshot::FileOverlay;

/// Fixes a finding of a proposal.
pub(super) fn of_proposal(finding: &mut Finding) {
    if let Some(step) = known(finding, is_pool(finding)) {
        finding.fix = vec![step];
    } else if is_pool(finding) && finding.fix.len() > 1 {
        let what = "change the pool in its manifest: no pod has an address from it yet";
        finding.fix = vec![Step::new(what)];
    } else {
        without_commands(finding);
    }
}

/// Fixes a finding that appears with manifests laid over a cluster, where the operator creates some pools.
/// One about their own objects is fixed in them; what another one advises comes before applying them.
pub(super) fn of_overlay(finding: &mut Finding, overlay: &FileOverlay, created: &BTreeSet<String>) {
    let is_new = |object: &str| overlay.new.contains(object) || created.contains(object);
    let is_given = |object: &str| overlay.has(object) || created.contains(object);
    let has_given = is_given(&finding.subject);
    if let Some(step) = known(finding, is_pool(finding) && has_given) {
        finding.fix = vec![step];
        return;
    }
    let mut objects: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    if has_given {
        objects.entry(finding.subject.clone()).or_default();
    }
    for evidence in &finding.evidence {
        let object = evidence.object.to_string();
        if is_given(&object) {
            let fields = objects.entry(object).or_default();
            fields.extend(is_field(&evidence.field).then_some(evidence.field.as_str()));
        }
    }
    let has_new = objects.keys().any(|object| is_new(object));
    // Where a pool differs from the Installation, that is what the files change.
    let is_fixed_here = has_given || has_new || (is_pool(finding) && !objects.is_empty());
    if !is_fixed_here {
        without_commands(finding);
        return;
    }
    objects.retain(|object, _| !has_new || is_new(object));
    let steps = objects.iter().map(|(object, fields)| {
        let fields: Vec<&str> = fields.iter().copied().collect();
        let fields = fields.join(", ");
        Step::new(
            if created.contains(object) && !overlay.new.contains(object) {
                let name = object.rsplit('/').next().unwrap_or_default();
                format!(
                    "change the pool {name} in the manifest of the Installation, or leave it out"
                )
            } else if !overlay.new.contains(object) {
                let what = if fields.is_empty() { "it" } else { &fields };
                format!("change {what} in the manifest of {object}")
            } else if fields.is_empty() {
                format!("leave {object} out of the manifests")
            } else {
                format!("change {fields} in the manifest of {object}, or leave it out")
            },
        )
    });
    finding.fix = steps.collect();
}

/// The fix that follows from the check alone.
fn known(finding: &Finding, is_pool: bool) -> Option<Step> {
    if let Some(what) = &finding.manifest_fix {
        return Some(Step::new(what));
    }
    match remedy(finding.code) {
        Some(Remedy::Cidr) if is_pool => {
            Some(Step::new("give the pool another CIDR in its manifest"))
        }
        Some(Remedy::Encapsulation) if is_pool => Some(Step::new(
            "give the pool another encapsulation in its manifest",
        )),
        _ => None,
    }
}

fn is_pool(finding: &Finding) -> bool {
    finding.subject.starts_with("IPPool/")
}

/// Whether evidence is a field that a manifest sets.
fn is_field(field: &str) -> bool {
    ["spec.", "data.", "networking.", "env "]
        .iter()
        .any(|start| field.starts_with(start))
}

/// Takes the commands out of a fix that would change the cluster, except those that only plan.
fn without_commands(finding: &mut Finding) {
    for step in &mut finding.fix {
        step.commands
            .retain(|command| command.starts_with("kubectl calico "));
    }
}

fn remedy(code: &str) -> Option<Remedy> {
    judges(code)?.remedy()
}
