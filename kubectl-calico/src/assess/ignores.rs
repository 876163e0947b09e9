//! Findings that are accepted for a reason, perhaps until a date.

use std::collections::BTreeSet;
use std::fmt;
use std::iter::successors;

use k8s_openapi::jiff::civil::Date;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use super::changes::KnownFinding;
use super::finding::Finding;

/// What to ignore, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The code of the findings.
    pub code: String,
    /// The subject of the findings, such as IPPool/default-ipv4-ippool; absent for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Why they are accepted.
    pub reason: String,
    /// The last day on which they are ignored, as 2027-01-31; absent for no limit.
    #[serde(
        default,
        deserialize_with = "date",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Date>,
    /// Its place among those that were given.
    #[serde(skip)]
    pub number: usize,
}

/// A finding that was ignored.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ignored {
    /// The finding.
    #[serde(flatten)]
    pub finding: KnownFinding,
    /// Why it is accepted.
    pub reason: String,
}

/// What was ignored, and what no longer has to be listed.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ignores {
    /// The findings that were ignored, with those that are symptoms of them.
    pub ignored: Vec<Ignored>,
    /// What matched no finding, although its check ran.
    pub unused: Vec<Ignore>,
    /// What has expired, so that its findings count again.
    pub expired: Vec<Ignore>,
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    deserializer.deserialize_any(DateText)
}

/// A date, or null. The date's own parser accepts more, such as 20270131, which is a number in YAML.
struct DateText;

impl Visitor<'_> for DateText {
    type Value = Option<Date>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2027-01-31")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let date = text
            .parse()
            .ok()
            .filter(|_| text.len() == "2027-01-31".len());
        match date {
            Some(date) => Ok(Some(date)),
            None => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

impl Ignore {
    fn matches(&self, finding: &Finding) -> bool {
        let object = self.object.as_ref();
        self.code == finding.code
            && object.is_none_or(|object| *object == finding.subject.to_string())
    }
}

impl Ignores {
    /// What is ignored on that day; and for each finding, whether it still counts. `unchecked` are the
    /// codes of the checks that did not run.
    pub fn of(
        findings: &[Finding],
        unchecked: &BTreeSet<&str>,
        ignores: Vec<Ignore>,
        today: Date,
    ) -> (Self, Vec<bool>) {
        let (expired, valid): (Vec<_>, Vec<_>) = ignores
            .into_iter()
            .partition(|ignore| ignore.until.is_some_and(|until| until < today));
        let mut ignored = Vec::new();
        let mut counts = Vec::new();
        let own = |finding: &Finding| {
            let ignore = valid.iter().find(|ignore| ignore.matches(finding));
            ignore.map(|ignore| ignore.reason.as_str())
        };
        let cause = |finding: &Finding| {
            let cause = finding.symptom_of.as_ref()?;
            findings.iter().find(|found| found.reference() == *cause)
        };
        for finding in findings {
            // A symptom is ignored with its cause, which may be a symptom, too.
            let causes = successors(Some(finding), |found| cause(found)).take(findings.len());
            let mut reasons = causes.filter_map(own);
            let reason = reasons.next();
            counts.push(reason.is_none());
            if let Some(reason) = reason {
                ignored.push(Ignored {
                    finding: finding.into(),
                    reason: reason.to_owned(),
                });
            }
        }
        let unused = valid
            .iter()
            .filter(|ignore| !unchecked.contains(ignore.code.as_str()))
            .filter(|ignore| !findings.iter().any(|finding| ignore.matches(finding)))
            .cloned()
            .collect();
        let ignores = Self {
            ignored,
            unused,
            expired,
        };
        (ignores, counts)
    }

    /// Whether a finding of another report is one of those that are ignored.
    pub fn includes(&self, known: &KnownFinding) -> bool {
        self.ignored.iter().any(|ignored| {
            ignored.finding.code == known.code && ignored.finding.subject == known.subject
        })
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.ignored.is_empty() && self.unused.is_empty() && self.expired.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::checks::nat_outgoing::NO_NAT;
    use crate::assess::checks::overlaps::OVERLAPS_SERVICES;

    fn ignore(code: &str, object: Option<&str>, until: Option<&str>) -> Ignore {
        Ignore {
            code: code.to_owned(),
            object: object.map(str::to_owned),
            reason: "agreed".to_owned(),
            until: until.map(|date| date.parse().unwrap()),
            number: 0,
        }
    }

    #[test]
    fn a_date_is_required_without_a_time() {
        let until = |value: &str| {
            let text = format!("{{\"code\": \"a\", \"reason\": \"b\", \"until\": {value}}}");
            serde_json::from_str::<Ignore>(&text).map(|ignore| ignore.until)
        };
        for value in [
            "\"2027-01-31T00:00:00Z\"",
            "\"2027-01-31T00:00\"",
            "\"soon\"",
            "\"31.1.2027\"",
            "\"20270131\"",
            "20270131",
            "true",
        ] {
            let error = until(value).unwrap_err().to_string();
            assert!(
                error.contains("expected a date such as 2027-01-31"),
                "{error}"
            );
        }
        assert_eq!(until("null").unwrap(), None);
        let date = until("\"2027-01-31\"").unwrap().unwrap();
        assert_eq!(date.to_string(), "2027-01-31");
    }

    #[test]
    fn symptoms_of_symptoms_are_ignored_wherever_they_stand() {
        let cause = Finding::error(&NO_NAT.entry, "IPPool/a", "a");
        let mut symptom = Finding::error(&OVERLAPS_SERVICES.entry, "IPPool/b", "b");
        symptom.symptom_of = Some(cause.reference());
        let mut of_symptom = Finding::error(&OVERLAPS_SERVICES.entry, "IPPool/c", "c");
        of_symptom.symptom_of = Some(symptom.reference());
        let findings = [of_symptom, symptom, cause];
        let ignores = vec![ignore(NO_NAT.entry.code, None, None)];
        let today = "2026-12-24".parse().unwrap();
        let (_, counts) = Ignores::of(&findings, &BTreeSet::new(), ignores, today);
        assert_eq!(counts, [false, false, false]);
    }

    #[test]
    fn what_matches_is_ignored_until_the_date_has_passed() {
        let mut symptom = Finding::warning(&OVERLAPS_SERVICES.entry, "IPPool/b", "b");
        let cause = Finding::warning(&NO_NAT.entry, "IPPool/a", "a");
        symptom.symptom_of = Some(cause.reference());
        let findings = [cause, symptom];
        let nat = NO_NAT.entry.code;
        let none = BTreeSet::new();
        let of = |ignore: Ignore, unchecked: &BTreeSet<&str>| {
            let (ignores, counts) = Ignores::of(
                &findings,
                unchecked,
                vec![ignore],
                "2026-12-24".parse().unwrap(),
            );
            (counts, ignores.unused.len(), ignores.expired.len())
        };
        let kept = vec![true, true];
        let gone = vec![false, false];
        assert_eq!(of(ignore(nat, None, None), &none), (gone.clone(), 0, 0));
        let on_the_day = ignore(nat, Some("IPPool/a"), Some("2026-12-24"));
        assert_eq!(of(on_the_day, &none), (gone, 0, 0));
        let the_day_before = ignore(nat, None, Some("2026-12-23"));
        assert_eq!(of(the_day_before, &none), (kept.clone(), 0, 1));
        let other = ignore(nat, Some("IPPool/c"), None);
        assert_eq!(of(other.clone(), &none), (kept.clone(), 1, 0));
        // Without the check, there may be such a finding.
        assert_eq!(of(other, &[nat].into()), (kept, 0, 0));
    }
}
