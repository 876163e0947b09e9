//! The file of `--baseline`: an earlier report.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::yaml_file::parse;
use crate::assess::changes::KnownFinding;
use crate::assess::report::{self, Report};
use crate::clusters;
use crate::document::API_VERSION;
use crate::gather::input;
use crate::parse_error::in_words;
use crate::redact::Redaction;

/// What `--baseline` names.
#[derive(Clone)]
pub(super) enum Baseline {
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
pub(super) struct Earlier {
    /// When it was written.
    time: String,
    /// The cluster that it is about.
    #[serde(default)]
    cluster: Option<String>,
    #[serde(default)]
    redacted: bool,
    pub(super) findings: Vec<KnownFinding>,
    #[serde(default)]
    changes: Option<Value>,
}

/// A cluster in a list of reports.
#[derive(Clone, Deserialize)]
pub(super) struct NamedReport {
    pub(super) name: String,
    /// Absent if it could not be read.
    #[serde(default)]
    pub(super) report: Option<Earlier>,
}

impl Earlier {
    pub(super) fn redact(&mut self, redaction: &Redaction) {
        self.cluster = None;
        for finding in &mut self.findings {
            finding.subject = redaction.text(&finding.subject);
            finding.message = redaction.text(&finding.message);
            finding.location = None;
        }
    }

    /// What a report is compared with, as the end of a sentence.
    pub(super) fn compared(&self, report: &Report) -> String {
        match (&self.cluster, &report.head.cluster) {
            (Some(then), Some(now)) if then != now => {
                format!("with the report on {then} of {}", self.time)
            }
            _ => format!("with the report of {}", self.time),
        }
    }
}

impl Baseline {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
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
