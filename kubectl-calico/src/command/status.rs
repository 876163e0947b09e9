//! `kubectl calico status`

use k8s_openapi::jiff::tz::TimeZone;

use super::input::{self, Wanted};
use super::objections::objections;
use super::{clock, output, selection};
use crate::assess::changes::{Changes, Same};
use crate::assess::cluster_state::ClusterState;
use crate::assess::ignores::Ignores;
use crate::assess::report::Report;
use crate::assess::with::with;
use crate::assess::{assess, conclude};
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::exit::Exit;
use crate::render;
use crate::snapshot::Snapshot;
use crate::terminal;

/// In place of steps between two nodes.
const NO_CONNECTIVITY: &str =
    "no steps: there are fewer than two Linux nodes, or how Calico routes pod traffic is unknown\n";

/// Prints the report of a cluster.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    match report(arguments, &arguments.run.source) {
        Ok((report, snapshot)) => print(arguments, &report, &snapshot),
        Err(error) => output::fail(&error),
    }
}

/// Prints a report in the requested format.
pub(super) fn print(arguments: &StatusArgs, report: &Report, snapshot: &Snapshot) -> Exit {
    let text = match arguments.output {
        StatusFormat::Text | StatusFormat::Short | StatusFormat::Wide => {
            let detail = render::Detail {
                short: arguments.output == StatusFormat::Short,
                sources: arguments.output == StatusFormat::Wide,
                skipped: arguments.run.source.verbose,
            };
            let look = terminal::look(arguments.run.color);
            Ok(render::text(report, look, detail))
        }
        StatusFormat::Connectivity => Ok(match &report.connectivity {
            Some(steps) => render::connectivity(steps, terminal::look(arguments.run.color)),
            None => NO_CONNECTIVITY.to_owned(),
        }),
        StatusFormat::Json => render::json(report).map_err(|error| error.to_string()),
        StatusFormat::Yaml => render::yaml(report).map_err(|error| error.to_string()),
        StatusFormat::Markdown => Ok(render::markdown(report)),
        StatusFormat::Html => Ok(render::html(report, snapshot)),
        StatusFormat::Prometheus => Ok(render::prometheus(report)),
        StatusFormat::Junit => Ok(render::junit(report)),
        StatusFormat::Sarif => Ok(render::sarif(report)),
    };
    match text {
        Ok(text) => output::print(&text, Exit::of_report(report, &arguments.run)),
        Err(error) => output::fail(&format!("cannot write the report: {error}")),
    }
}

/// The report on a cluster, reduced to what was asked for, and the snapshot that it is about.
pub(super) fn report(
    arguments: &StatusArgs,
    source: &SourceArgs,
) -> Result<(Report, Snapshot), String> {
    let selection = &arguments.selection;
    let ignores = selection::ignores(selection)?;
    let baseline = selection.baseline.as_deref().map(selection::baseline);
    let baseline = baseline.transpose()?;
    let wanted = Wanted {
        basis: arguments.files_are.basis(),
        messages: !arguments.messages.no_logs,
        with: selection.with.clone(),
    };
    let mut input = input::read_wanted(source, wanted).map_err(|error| error.to_string())?;
    if arguments.redact {
        input.snapshot = input::redacted(&input.snapshot).map_err(|error| error.to_string())?;
    }
    let now = clock::now();
    let mut report = assess(&input.snapshot, now);
    if let Some(overlaid) = input.overlaid {
        report = with(
            &report,
            &input.snapshot,
            overlaid.snapshot,
            overlaid.overlay,
            now,
        );
    }
    if report.state == ClusterState::NotInstalled && !report.basis.is_proposal() {
        report.plan_findings = objections(&input.snapshot, &report, now);
    }
    if !ignores.is_empty() {
        let today = now.to_zoned(TimeZone::UTC).date();
        let unchecked = report.unchecked();
        let (ignores, counts) = Ignores::of(&report.findings, &unchecked, ignores, today);
        report.ignores = ignores;
        report.keep(counts);
        conclude(&mut report);
    }
    if let Some(baseline) = baseline {
        let compared = match (&baseline.cluster, &report.head.cluster) {
            (Some(then), Some(now)) if then != now => {
                format!("with the report on {then} of {}", baseline.time)
            }
            _ => format!("with the report of {}", baseline.time),
        };
        let (changes, is_new) = Changes::of(
            &report.findings,
            &report.unchecked(),
            baseline.findings,
            Same::Subject,
            compared,
        );
        report.keep(is_new);
        report.changes = Some(changes);
    }
    Ok((report, input.snapshot))
}
