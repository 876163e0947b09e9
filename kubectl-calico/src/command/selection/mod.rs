//! The files that choose which findings are shown: what to ignore, and earlier reports.

mod baseline;
mod ignore_file;
mod yaml_file;

use k8s_openapi::jiff::tz::TimeZone;

use super::clock;
use crate::assess::accepted::Accepted;
use crate::assess::changes::{Changes, Same};
use crate::assess::report::Report;
use crate::cli::SelectionArgs;
use crate::redact::Redaction;
use baseline::Baseline;

/// Which findings are shown, and count.
#[derive(Clone)]
pub(super) struct Selection {
    /// What is ignored.
    pub(super) accepted: Accepted,
    baseline: Option<Baseline>,
}

impl Selection {
    /// Reads the files that the arguments name. `many` is whether there are several clusters.
    pub(super) fn read(arguments: &SelectionArgs, many: bool) -> Result<Self, String> {
        let mut ignores = arguments.ignore.clone();
        if let Some(path) = &arguments.ignore_file {
            ignores.extend(ignore_file::read(path)?);
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
