//! What differs between two reports: findings that are new, have changed, or are gone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Severity};
use crate::snapshot::Location;

/// How a report differs from an earlier one, or from that of the cluster without the given files. The
/// report then has only the findings that are new, and those that have changed for the worse.
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
    /// The number of findings that are new.
    pub new: usize,
    /// The findings with another severity, or with `--with` another message. `findings` has those that
    /// did not become less severe.
    pub changed: Vec<ChangedFinding>,
    /// The findings that are gone.
    pub gone: Vec<KnownFinding>,
    /// The findings that are not new.
    pub unchanged: Vec<KnownFinding>,
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
    /// The file and the line that it is about, if it was found in manifests that were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was wrong, in one sentence without a period.
    pub message: String,
}

/// A finding as it is and as it was.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ChangedFinding {
    /// As it is.
    #[serde(flatten)]
    pub finding: KnownFinding,
    /// As it was.
    pub was: EarlierFinding,
}

/// What a finding said in a report that was compared.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EarlierFinding {
    /// Its severity.
    pub severity: Severity,
    /// What was wrong.
    pub message: String,
}

/// Which findings count as the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// Those with the same message.
    Message,
    /// Those about the same problem of the same subject. Messages contain numbers that change all the
    /// time.
    Subject,
}

impl From<&Finding> for KnownFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.to_owned(),
            severity: finding.severity,
            subject: finding.subject.to_string(),
            location: finding.location.clone(),
            message: finding.message.clone(),
        }
    }
}

impl From<KnownFinding> for EarlierFinding {
    fn from(finding: KnownFinding) -> Self {
        Self {
            severity: finding.severity,
            message: finding.message,
        }
    }
}

impl Changes {
    /// What differs from the known findings; and for each finding, whether the report keeps it.
    /// `unchecked` are the codes of the checks that did not run: their findings need not be gone.
    pub fn of(
        findings: &[Finding],
        unchecked: &BTreeSet<&str>,
        mut known: Vec<KnownFinding>,
        same: Same,
        compared: impl Into<String>,
    ) -> (Self, Vec<bool>) {
        let mut earlier: Vec<Option<KnownFinding>> = vec![None; findings.len()];
        // The most alike first, so that of several findings about one subject the right ones remain.
        for alike in [Alike::Equal, Alike::Severity, Alike::Subject] {
            let unmatched = findings.iter().zip(&mut earlier);
            for (finding, earlier) in unmatched.filter(|(_, earlier)| earlier.is_none()) {
                let mut known_ones = known.iter();
                if let Some(place) = known_ones.position(|known| alike.are(known, finding)) {
                    *earlier = Some(known.remove(place));
                }
            }
        }
        known.retain(|known| !unchecked.contains(known.code.as_str()));
        let earlier = earlier.into_iter().map(|earlier| earlier.map(Into::into));
        Self::between(findings, earlier.collect(), known, same, compared)
    }

    /// What differs from what each finding was, if it was known; and for each, whether the report keeps it.
    pub(super) fn between(
        findings: &[Finding],
        earlier: Vec<Option<EarlierFinding>>,
        gone: Vec<KnownFinding>,
        same: Same,
        compared: impl Into<String>,
    ) -> (Self, Vec<bool>) {
        let mut changes = Self {
            compared: compared.into(),
            assumed: Vec::new(),
            operator: Vec::new(),
            ports: None,
            new: 0,
            changed: Vec::new(),
            gone,
            unchanged: Vec::new(),
        };
        let pairs = findings.iter().zip(earlier);
        let keep = pairs
            .map(|(finding, earlier)| changes.add(finding, earlier, same))
            .collect();
        (changes, keep)
    }

    /// The codes of the findings that are not new.
    pub fn still_found(&self) -> impl Iterator<Item = &str> {
        let changed = self.changed.iter().map(|changed| &changed.finding);
        let known = self.unchanged.iter().chain(changed);
        known.map(|finding| finding.code.as_str())
    }

    /// Whether a finding is gone or has changed.
    pub fn has_other(&self) -> bool {
        !self.gone.is_empty() || !self.changed.is_empty()
    }

    /// Adds a finding, and returns whether the report keeps it.
    fn add(&mut self, finding: &Finding, earlier: Option<EarlierFinding>, same: Same) -> bool {
        let Some(earlier) = earlier else {
            self.new += 1;
            return true;
        };
        let is_reworded = same == Same::Message && earlier.message != finding.message;
        if earlier.severity == finding.severity && !is_reworded {
            self.unchanged.push(finding.into());
            return false;
        }
        let is_better = finding.severity < earlier.severity;
        self.changed.push(ChangedFinding {
            finding: finding.into(),
            was: earlier,
        });
        !is_better
    }
}

/// How much two findings about the same problem of the same subject are alike.
#[derive(Clone, Copy, Debug)]
enum Alike {
    /// They have the same severity and the same message.
    Equal,
    /// They have the same severity.
    Severity,
    /// They have the same subject.
    Subject,
}

impl Alike {
    fn are(self, known: &KnownFinding, finding: &Finding) -> bool {
        known.code == finding.code
            && known.subject == finding.subject.to_string()
            && match self {
                Self::Equal => {
                    known.message == finding.message && known.severity == finding.severity
                }
                Self::Severity => known.severity == finding.severity,
                Self::Subject => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::checks::overlaps::OVERLAPS_SERVICES;

    fn known(severity: Severity, message: &str) -> KnownFinding {
        KnownFinding {
            code: OVERLAPS_SERVICES.entry.code.to_owned(),
            severity,
            subject: "IPPool/a".to_owned(),
            location: None,
            message: message.to_owned(),
        }
    }

    fn found(severity: Severity, message: &str) -> Finding {
        Finding::new(&OVERLAPS_SERVICES.entry, severity, "IPPool/a", message)
    }

    /// The numbers of new, changed, gone and unchanged findings, and whether the finding is kept.
    fn compared(
        then: (Severity, &str),
        now: (Severity, &str),
        same: Same,
    ) -> ([usize; 4], Vec<bool>) {
        let known = vec![known(then.0, then.1)];
        let found = [found(now.0, now.1)];
        let (changes, keep) = Changes::of(&found, &BTreeSet::new(), known, same, "");
        let (changed, gone) = (changes.changed.len(), changes.gone.len());
        ([changes.new, changed, gone, changes.unchanged.len()], keep)
    }

    #[test]
    fn a_finding_with_another_severity_has_changed_and_counts_if_it_is_worse() {
        use Severity::{Error, Warning};
        for (then, now, same, numbers, kept) in [
            (
                (Warning, "3"),
                (Warning, "3"),
                Same::Message,
                [0, 0, 0, 1],
                false,
            ),
            (
                (Warning, "3"),
                (Warning, "2"),
                Same::Message,
                [0, 1, 0, 0],
                true,
            ),
            (
                (Warning, "3"),
                (Warning, "2"),
                Same::Subject,
                [0, 0, 0, 1],
                false,
            ),
            (
                (Warning, "3"),
                (Error, "3"),
                Same::Subject,
                [0, 1, 0, 0],
                true,
            ),
            (
                (Error, "3"),
                (Warning, "3"),
                Same::Subject,
                [0, 1, 0, 0],
                false,
            ),
        ] {
            let (got, keep) = compared(then, now, same);
            assert_eq!(
                (got, keep),
                (numbers, vec![kept]),
                "{then:?} {now:?} {same:?}"
            );
        }
    }

    #[test]
    fn of_several_findings_about_one_subject_the_equal_one_is_not_new() {
        let known = vec![known(Severity::Error, "b")];
        let findings = [found(Severity::Error, "a"), found(Severity::Error, "b")];
        let (changes, keep) = Changes::of(&findings, &BTreeSet::new(), known, Same::Subject, "");
        assert_eq!((changes.new, keep), (1, vec![true, false]));
    }
}
