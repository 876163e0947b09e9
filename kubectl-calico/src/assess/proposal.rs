//! What is different about the findings of a proposal: nothing exists yet, so the manifests are changed.

use super::check::{Judges, Remedy};
use super::checks::CHECKS;
use super::finding::Finding;
use crate::repair::Step;

/// Fixes a finding in the manifests. Commands would change a cluster, except those that only plan.
pub(super) fn fix_the_manifests(finding: &mut Finding) {
    let is_pool = finding.subject.starts_with("IPPool/");
    match remedy(finding.code) {
        Some(Remedy::Cidr) if is_pool => {
            finding.fix = vec![Step::new("give the pool another CIDR in its manifest")];
        }
        Some(Remedy::Encapsulation) if is_pool => {
            finding.fix = vec![Step::new(
                "give the pool another encapsulation in its manifest",
            )];
        }
        _ if is_pool && finding.fix.len() > 1 => {
            let what = "change the pool in its manifest: no pod has an address from it yet";
            finding.fix = vec![Step::new(what)];
        }
        _ => without_commands(finding),
    }
}

/// Takes the commands out of a fix that would change the cluster, which is not to blame.
pub(super) fn without_commands(finding: &mut Finding) {
    for step in &mut finding.fix {
        step.commands
            .retain(|command| command.starts_with("kubectl calico "));
    }
}

fn remedy(code: &str) -> Option<Remedy> {
    let check = CHECKS.iter().find(|check| check.entry.code == code)?;
    match check.judges {
        Judges::Requested { remedy } => Some(remedy),
        Judges::Running | Judges::Configured => None,
    }
}
