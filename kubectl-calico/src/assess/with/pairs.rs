//! Which finding without the manifests is the same problem as one with them.

use super::origins::Origins;
use crate::assess::changes::EarlierFinding;
use crate::assess::finding::Finding;

/// What each finding was without the manifests, and the findings that are gone.
pub(super) struct Pairs<'a> {
    pub(super) earlier: Vec<Option<EarlierFinding>>,
    pub(super) gone: Vec<&'a Finding>,
}

/// How alike two findings of one code are, the most alike first, so that of several the right ones remain.
const ALIKE: [fn(&Finding, &Finding, &Origins) -> bool; 6] = [
    |one, other, _| {
        is_about_same(one, other)
            && (one.severity, &one.message) == (other.severity, &other.message)
    },
    |one, other, _| is_about_same(one, other) && one.severity == other.severity,
    |one, other, _| is_about_same(one, other),
    // A pool that was only listed exists now.
    |one, other, origins| one.message == other.message && !are_distinct(one, other, origins),
    // Of two objects that do not fit each other, the other one.
    |one, other, origins| {
        (names(one, other) || names(other, one)) && !are_distinct(one, other, origins)
    },
    |one, other, origins| !origins.concern(one) && !origins.concern(other),
];

impl<'a> Pairs<'a> {
    /// Pairs the findings with those that are known without the manifests.
    pub(super) fn of(findings: &[Finding], known: Vec<&'a Finding>, origins: &Origins) -> Self {
        let mut gone = known;
        let mut earlier: Vec<Option<EarlierFinding>> = vec![None; findings.len()];
        for is_alike in ALIKE {
            let unmatched = findings.iter().zip(&mut earlier);
            for (finding, earlier) in unmatched.filter(|(_, earlier)| earlier.is_none()) {
                let mut known = gone.iter();
                let same =
                    known.position(|it| it.code == finding.code && is_alike(finding, it, origins));
                if let Some(at) = same {
                    *earlier = Some(was(finding, gone.remove(at), origins));
                }
            }
        }
        Self { earlier, gone }
    }
}

/// What a finding was. If neither has to do with the manifests, only its words can differ.
fn was(finding: &Finding, known: &Finding, origins: &Origins) -> EarlierFinding {
    let is_unrelated = !origins.concern(finding) && !origins.concern(known);
    let same = if is_unrelated { finding } else { known };
    EarlierFinding {
        severity: same.severity,
        message: same.message.clone(),
    }
}

fn is_about_same(one: &Finding, other: &Finding) -> bool {
    one.subject == other.subject
}

/// Whether both are about objects of the manifests themselves: one problem is fixed, another one new.
fn are_distinct(one: &Finding, other: &Finding, origins: &Origins) -> bool {
    let overlay = origins.overlay();
    overlay.has(&one.subject.to_string()) && overlay.has(&other.subject.to_string())
}

/// Whether the evidence of a finding names the object that another one is about.
fn names(finding: &Finding, other: &Finding) -> bool {
    let mut evidence = finding.evidence.iter();
    evidence.any(|it| other.subject.is(&it.object))
}
