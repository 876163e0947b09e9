//! What runs in the cluster does so until the manifests are applied.

use super::origins::Origins;
use crate::assess::check::Judges;
use crate::assess::checks::judges;
use crate::assess::finding::Finding;

/// The findings with the manifests, of which those about what runs are those of the cluster, as far as the
/// check still fails: nothing new can have been observed, and nothing is worse. Only what the manifests prove
/// by themselves is new, such as a Deployment that they scale to zero.
pub(super) fn observed(before: &[Finding], found: Vec<Finding>, origins: &Origins) -> Vec<Finding> {
    let (seen, mut kept): (Vec<Finding>, Vec<Finding>) = found.into_iter().partition(is_observed);
    let known = before.iter().filter(|it| is_observed(it));
    let is_found = |known: &Finding| {
        let mut seen = seen.iter();
        seen.any(|it| is_same(it, known) && it.message == known.message)
    };
    // What the manifests change is as it was no longer.
    let known = known.filter(|it| is_found(it) || !it.evidence.iter().any(|it| origins.is_set(it)));
    let mut known: Vec<&Finding> = known.collect();
    let mut others = Vec::new();
    for found in seen {
        match known.iter().position(|it| is_same(it, &found)) {
            Some(at) => kept.push(known.remove(at).clone()),
            None => others.push(found),
        }
    }
    for found in others {
        if origins.prove(&found) {
            kept.push(found);
        } else if let Some(at) = known.iter().position(|it| it.code == found.code) {
            kept.push(known.remove(at).clone());
        }
    }
    kept
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    (one.code, &one.subject) == (other.code, &other.subject)
}

fn is_observed(finding: &Finding) -> bool {
    judges(finding.code) == Some(Judges::Running)
}
