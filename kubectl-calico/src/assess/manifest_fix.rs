//! How a finding is fixed in manifests that have yet to be applied. Commands would change a cluster that
//! is not to blame.

use super::check::Remedy;
use super::checks::judges;
use super::finding::Finding;
use crate::repair::Step;

/// Fixes a finding of a proposal.
pub(super) fn of_proposal(finding: &mut Finding) {
    let is_pool = finding.subject.pool().is_some();
    if let Some(what) = &finding.manifest_fix {
        finding.fix = vec![Step::new(what)];
        return;
    }
    let what = match remedy_of(finding) {
        Some(Remedy::Cidr) if is_pool => "give the pool another CIDR in its manifest",
        Some(Remedy::Encapsulation) if is_pool => {
            "give the pool another encapsulation in its manifest"
        }
        _ if is_pool && finding.fix.len() > 1 => {
            "change the pool in its manifest: no pod has an address from it yet"
        }
        _ => {
            without_commands(finding);
            return;
        }
    };
    finding.fix = vec![Step::new(what)];
}

/// What the check of a finding says that can be requested instead.
pub(super) fn remedy_of(finding: &Finding) -> Option<Remedy> {
    judges(finding.code)?.remedy()
}

/// Takes the commands out of a fix that would change the cluster, except those that only plan.
pub(super) fn without_commands(finding: &mut Finding) {
    for step in &mut finding.fix {
        step.commands
            .retain(|command| command.starts_with("kubectl calico "));
    }
}
