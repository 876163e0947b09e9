//! What differs between two reports: findings that are new, and findings that are gone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Severity};

/// How a report differs from an earlier one, or from that of the cluster without the given files. The
/// report then has only the findings that are new.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// What the report is compared with, as the end of a sentence: `since 2026-11-01T00:00:00Z`.
    pub compared: String,
    /// What is assumed about the files that were laid over the cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
    /// What the operator does to the pools because of these files, as clauses without a subject.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operator: Vec<String>,
    /// The ports that must be open between nodes in addition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<String>,
    /// The findings that are gone.
    pub gone: Vec<KnownFinding>,
    /// The number of findings that are not new.
    pub unchanged: usize,
}

/// A finding of a report that was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KnownFinding {
    /// Its code.
    pub code: String,
    /// Its severity.
    pub severity: Severity,
    /// What it is about.
    pub subject: String,
    /// What was wrong, in one sentence without a period.
    pub message: String,
}

/// Which findings count as the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// Those with the same message.
    Message,
    /// Those about the same problem of the same subject, unless it has become more severe. Messages
    /// contain numbers that change all the time.
    Subject,
}

impl From<&Finding> for KnownFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.to_owned(),
            severity: finding.severity,
            subject: finding.subject.clone(),
            message: finding.message.clone(),
        }
    }
}

impl Changes {
    /// What differs from the known findings; and for each finding, whether it is new. `unchecked` are the
    /// codes of the checks that did not run: their findings need not be gone.
    pub fn of(
        findings: &[Finding],
        unchecked: &BTreeSet<&str>,
        mut known: Vec<KnownFinding>,
        same: Same,
        compared: impl Into<String>,
    ) -> (Self, Vec<bool>) {
        let mut is_new: Vec<bool> = vec![true; findings.len()];
        // Equal messages first, so that of several findings about one subject the right ones remain.
        for exact in [true, false] {
            if !exact && same == Same::Message {
                continue;
            }
            let unmatched = findings.iter().zip(&mut is_new).filter(|(_, new)| **new);
            for (finding, is_new) in unmatched {
                let place = known
                    .iter()
                    .position(|known| is_same(known, finding, exact));
                if let Some(place) = place {
                    known.remove(place);
                    *is_new = false;
                }
            }
        }
        known.retain(|known| !unchecked.contains(known.code.as_str()));
        let changes = Self {
            compared: compared.into(),
            assumed: Vec::new(),
            operator: Vec::new(),
            ports: None,
            gone: known,
            unchanged: is_new.iter().filter(|new| !**new).count(),
        };
        (changes, is_new)
    }
}

fn is_same(known: &KnownFinding, finding: &Finding, exact: bool) -> bool {
    known.code == finding.code
        && known.subject == finding.subject
        && if exact {
            known.message == finding.message && known.severity == finding.severity
        } else {
            known.severity >= finding.severity
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(code: &str, severity: Severity, message: &str) -> KnownFinding {
        KnownFinding {
            code: code.to_owned(),
            severity,
            subject: "IPPool/a".to_owned(),
            message: message.to_owned(),
        }
    }

    fn found(severity: Severity, message: &str) -> Finding {
        let entry = &super::super::checks::overlaps::OVERLAPS_SERVICES.entry;
        Finding::new(entry, severity, "IPPool/a", message)
    }

    #[test]
    fn the_same_problem_may_have_another_message_but_not_be_worse() {
        use Severity::{Error, Warning};
        let code = super::super::checks::overlaps::OVERLAPS_SERVICES.entry.code;
        for (old, new, exact, roughly) in [
            ((Warning, "3 of 5"), (Warning, "3 of 5"), true, true),
            ((Warning, "3 of 5"), (Warning, "2 of 5"), false, true),
            ((Warning, "3 of 5"), (Error, "3 of 5"), false, false),
            ((Error, "3 of 5"), (Warning, "3 of 5"), false, true),
        ] {
            let known = known(code, old.0, old.1);
            let finding = found(new.0, new.1);
            assert_eq!(is_same(&known, &finding, true), exact, "{known:?}");
            assert_eq!(is_same(&known, &finding, false), roughly, "{known:?}");
        }
    }
}
