//! What takes the place of the steps until it is done: they would fail or do harm before that.

use crate::assess::finding::Finding;
use crate::plan::findings::comes_before_steps;
use crate::plan::inputs::Inputs;
use crate::repair::Step;

/// What must be read first. The steps of an install would do harm to pools that exist, and steps without the Installation
/// to pools that it lists.
pub(super) fn unread(inputs: &Inputs) -> Option<Step> {
    let snapshot = inputs.snapshot;
    let mut unread = vec![
        ("IPPools", snapshot.ip_pools.failure()),
        ("Installations", snapshot.installations.failure()),
    ];
    // Where Calico runs without pools, only blocks show that there were some.
    if inputs.pools().is_empty() && inputs.facts.agents.value().is_some() {
        unread.push(("IPAMBlocks", snapshot.ipam_blocks.failure()));
    }
    unread.retain(|(_, failure)| failure.is_some());
    let kinds: Vec<&str> = unread.iter().map(|(kind, _)| *kind).collect();
    (!kinds.is_empty()).then(|| {
        Step::new(format!(
            "make sure that {} can be read, then plan again: until then, the steps could do harm to \
             pools that exist, and are not shown",
            kinds.join(" and ")
        ))
    })
}

/// The findings of the plan to resolve first.
pub(super) fn findings(findings: &[Finding]) -> Option<Step> {
    let before = findings
        .iter()
        .filter(|finding| comes_before_steps(finding));
    let codes = codes(before)?;
    Some(Step::new(format!(
        "resolve {codes} first, as described in the findings, then run kubectl calico plan again: until then, \
         the steps would fail or do harm, and are not shown"
    )))
}

/// Their codes in a sentence.
pub(super) fn codes<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<String> {
    let mut codes: Vec<&str> = findings.map(|finding| finding.code).collect();
    codes.dedup();
    (!codes.is_empty()).then(|| codes.join(" and "))
}
