//! The files that choose which findings are shown: what to ignore, and earlier reports.

use std::fmt;
use std::path::Path;

use k8s_openapi::jiff::tz::TimeZone;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::clock;
use crate::assess::accepted::Accepted;
use crate::assess::changes::{Changes, KnownFinding, Same};
use crate::assess::ignores::Ignore;
use crate::assess::report::{self, Report};
use crate::cli::{SelectionArgs, checked};
use crate::clusters;
use crate::document::API_VERSION;
use crate::gather::input;
use crate::parse_error::in_words;
use crate::redact::Redaction;

/// Which findings are shown, and count.
#[derive(Clone)]
pub(super) struct Selection {
    /// What is ignored.
    pub(super) accepted: Accepted,
    baseline: Option<Baseline>,
}

/// What `--ignore-file` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreFile {
    ignore: Vec<CheckedIgnore>,
}

/// Checked while it is parsed, so that the error has its line.
struct CheckedIgnore(Ignore);

impl<'de> Deserialize<'de> for CheckedIgnore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = Ignore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ignore, A::Error> {
                let ignore = Ignore::deserialize(MapAccessDeserializer::new(map))?;
                checked(ignore).map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_map(Entry).map(Self)
    }
}

/// What `--baseline` names.
#[derive(Clone)]
enum Baseline {
    /// The report on a cluster.
    Report(Earlier),
    /// Those on several.
    List {
        path: String,
        reports: Vec<NamedReport>,
    },
}

/// An earlier report, as far as it is compared.
#[derive(Clone, Deserialize)]
struct Earlier {
    /// When it was written.
    time: String,
    /// The cluster that it is about.
    #[serde(default)]
    cluster: Option<String>,
    #[serde(default)]
    redacted: bool,
    findings: Vec<KnownFinding>,
    #[serde(default)]
    changes: Option<Value>,
}

/// A cluster in a list of reports.
#[derive(Clone, Deserialize)]
struct NamedReport {
    name: String,
    /// Absent if it could not be read.
    #[serde(default)]
    report: Option<Earlier>,
}

impl Selection {
    /// Reads the files that the arguments name. `many` is whether there are several clusters.
    pub(super) fn read(arguments: &SelectionArgs, many: bool) -> Result<Self, String> {
        let mut ignores = arguments.ignore.clone();
        if let Some(path) = &arguments.ignore_file {
            let read: IgnoreFile = parse(&input::text(path)?).map_err(|why| why.of(path))?;
            ignores.extend(read.ignore.into_iter().map(|CheckedIgnore(ignore)| ignore));
        }
        for (number, ignore) in ignores.iter_mut().enumerate() {
            ignore.number = number;
        }
        let baseline = arguments.baseline.as_deref().map(Baseline::read);
        let baseline = baseline.transpose()?;
        match (&baseline, &arguments.baseline) {
            (Some(Baseline::Report(_)), Some(path)) if many => Err(format!(
                "{} is a report on one cluster: write one on all clusters with the same flags and -o json",
                path.display()
            )),
            (Some(Baseline::List { path, .. }), _) if !many => Err(format!(
                "{path} has the reports on several clusters: write one on this cluster with \
                 kubectl calico status -o json"
            )),
            _ => Ok(Self {
                accepted: Accepted {
                    ignores,
                    today: clock::now().to_zoned(TimeZone::UTC).date(),
                },
                baseline,
            }),
        }
    }

    /// The same for a redacted report: names are given as they are in the cluster.
    pub(super) fn redacted(&self, redaction: &Redaction) -> Self {
        let mut selection = self.clone();
        for ignore in &mut selection.accepted.ignores {
            ignore.object = ignore.object.as_deref().map(|it| redaction.text(it));
            ignore.reason = redaction.text(&ignore.reason);
        }
        match &mut selection.baseline {
            None => {}
            Some(Baseline::Report(earlier)) => earlier.redact(redaction),
            Some(Baseline::List { path, reports }) => {
                *path = redaction.text(path);
                let earlier = reports.iter_mut().filter_map(|named| named.report.as_mut());
                earlier.for_each(|earlier| earlier.redact(redaction));
            }
        }
        selection
    }

    /// Reduces a report to what differs from the baseline. `name` is that of its cluster in a list.
    pub(super) fn compare(&self, report: &mut Report, name: &str) {
        let (findings, compared) = match &self.baseline {
            None => return,
            Some(Baseline::Report(earlier)) => (&earlier.findings, earlier.compared(report)),
            Some(Baseline::List { path, reports }) => {
                let of_cluster = reports.iter().find(|report| report.name == name);
                match of_cluster.and_then(|cluster| cluster.report.as_ref()) {
                    Some(earlier) => (&earlier.findings, earlier.compared(report)),
                    None => (
                        &Vec::new(),
                        format!("with {path}, which has no report on it"),
                    ),
                }
            }
        };
        // What is ignored is still there.
        let mut known = findings.clone();
        known.retain(|known| !report.ignores.includes(known));
        let (changes, keep) = Changes::of(
            &report.findings,
            &report.unchecked(),
            known,
            Same::Subject,
            compared,
        );
        report.keep(keep);
        report.changes = Some(changes);
        report.recount_checks();
    }
}

impl Earlier {
    fn redact(&mut self, redaction: &Redaction) {
        self.cluster = None;
        for finding in &mut self.findings {
            finding.subject = redaction.text(&finding.subject);
            finding.message = redaction.text(&finding.message);
            finding.location = None;
        }
    }

    /// What a report is compared with, as the end of a sentence.
    fn compared(&self, report: &Report) -> String {
        match (&self.cluster, &report.head.cluster) {
            (Some(then), Some(now)) if then != now => {
                format!("with the report on {then} of {}", self.time)
            }
            _ => format!("with the report of {}", self.time),
        }
    }
}

impl Baseline {
    fn read(path: &Path) -> Result<Self, String> {
        const WRITE: &str = "write one with kubectl calico status -o json";
        let name = path.display();
        let document: Value = parse(&input::text(path)?)
            .map_err(|error| format!("{name} is not a report: {WRITE} ({})", error.why))?;
        let text = |key: &str| document.get(key).and_then(Value::as_str);
        let (version, kind) = (text("apiVersion"), text("kind"));
        let is_ours = version.is_some_and(|version| version.starts_with("kubectl-calico/"));
        match kind {
            Some(report::KIND | clusters::KIND) if version == Some(API_VERSION) => {}
            Some(report::KIND | clusters::KIND) if is_ours => {
                return Err(format!(
                    "{name} was written by another version of kubectl-calico: {WRITE}"
                ));
            }
            Some(kind) => {
                let kind = calico_core::text::quoted(kind);
                return Err(format!("{name} is of kind {kind}, not a report: {WRITE}"));
            }
            None => return Err(format!("{name} is not a report: {WRITE}")),
        }
        let is_list = kind == Some(clusters::KIND);
        let failed =
            |why: serde_json::Error| format!("{name} is not a complete report: {}", in_words(why));
        let baseline = if is_list {
            let clusters = document.get("clusters").cloned().unwrap_or_default();
            Self::List {
                path: name.to_string(),
                reports: serde_json::from_value(clusters).map_err(failed)?,
            }
        } else {
            Self::Report(serde_json::from_value(document).map_err(failed)?)
        };
        if baseline.reports().any(|report| report.redacted) {
            return Err(format!(
                "{name} was written with --redact, so its names are not those of the cluster: write a report without it"
            ));
        }
        if baseline.reports().any(|report| report.changes.is_some()) {
            return Err(format!(
                "{name} has only the findings that were new: write a report without --baseline and --with"
            ));
        }
        Ok(baseline)
    }

    fn reports(&self) -> Box<dyn Iterator<Item = &Earlier> + '_> {
        match self {
            Self::Report(report) => Box::new(std::iter::once(report)),
            Self::List { reports, .. } => {
                Box::new(reports.iter().filter_map(|named| named.report.as_ref()))
            }
        }
    }
}

/// Why a file cannot be read, and in which line, if that is known.
struct ParseError {
    why: String,
    line: Option<usize>,
}

impl ParseError {
    fn of(&self, path: &Path) -> String {
        let (path, why) = (path.display(), &self.why);
        match self.line {
            Some(line) => format!("{path}:{line}: {why}"),
            None => format!("{path}: {why}"),
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ParseError> {
    if text.trim_start().starts_with('{')
        && let Ok(parsed) = serde_json::from_str(text)
    {
        return Ok(parsed);
    }
    if let Some(why) = calico_core::nesting::obstacle(text) {
        return Err(ParseError { why, line: None });
    }
    serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map(|location| location.line());
        let why = in_words(error);
        let place = line.and_then(|line| why.rfind(&format!(" at line {line} column ")));
        let why = place.and_then(|place| why.get(..place)).unwrap_or(&why);
        ParseError {
            why: why.to_owned(),
            line,
        }
    })
}
