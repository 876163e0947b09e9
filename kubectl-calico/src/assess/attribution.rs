//! What findings say about each other once it is known which of them are shown.

use super::finding::{Finding, FindingRef};

/// Completes the impact of each finding that cures others with those that are shown.
pub(crate) fn attribute(findings: &mut [Finding]) {
    let shown: Vec<FindingRef> = findings.iter().map(Finding::reference).collect();
    for finding in findings {
        let Some(cure) = finding.cure.take() else {
            continue;
        };
        let of = cure.of.iter().filter(|cured| shown.contains(cured));
        let of: Vec<String> = of.map(ToString::to_string).collect();
        if !of.is_empty() {
            let clause = format!(", {} {}", cure.clause, of.join(", "));
            finding.impact.push_str(&clause);
        }
    }
}
