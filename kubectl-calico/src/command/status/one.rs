//! The report of one cluster.

use std::borrow::Cow;

use crate::assess::assess;
use crate::assess::cluster_state::ClusterState;
use crate::assess::report::Report;
use crate::assess::with::with;
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::clusters::NamedReport;
use crate::command::destination::destination;
use crate::command::input::{self, Wanted};
use crate::command::objections::objections;
use crate::command::redaction::{Redactor, redacted};
use crate::command::selection::Selection;
use crate::command::{clock, output};
use crate::exit::Exit;
use crate::render::{self, NodeGrid};
use crate::snapshot::Snapshot;
use crate::terminal;

/// Prints the report.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    let selection = match Selection::read(&arguments.selection, false) {
        Ok(selection) => selection,
        Err(error) => return output::fail(&error),
    };
    let redactor = Redactor::of(arguments.redact);
    match report(arguments, &arguments.run.source, &selection, &redactor, "") {
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
        StatusFormat::Connectivity => {
            let look = terminal::look(arguments.run.color);
            Ok(match &report.connectivity {
                Some(steps) => render::connectivity(steps, look),
                None => render::no_connectivity(&report.facts, look),
            })
        }
        StatusFormat::Json => render::json(report).map_err(|error| error.to_string()),
        StatusFormat::Yaml => render::yaml(report).map_err(|error| error.to_string()),
        StatusFormat::Markdown => Ok(render::markdown(report)),
        StatusFormat::Html => Ok(render::html(report, &NodeGrid::of(snapshot))),
        StatusFormat::Prometheus => Ok(render::prometheus(&[NamedReport::only(report)])),
        StatusFormat::Junit => Ok(render::junit(&[NamedReport::only(report)])),
        StatusFormat::Sarif => Ok(render::sarif(&[NamedReport::only(report)])),
    };
    match text {
        Ok(text) => output::print(&text, Exit::of_report(report, &arguments.run)),
        Err(error) => output::fail(&format!("cannot write the report: {error}")),
    }
}

/// The report on a cluster, reduced to what was asked for, and the snapshot that it is about. `name` is that
/// of the cluster among several.
pub(super) fn report(
    arguments: &StatusArgs,
    source: &SourceArgs,
    selection: &Selection,
    redactor: &Redactor,
    name: &str,
) -> Result<(Report, Snapshot), String> {
    let wanted = Wanted {
        basis: arguments.files_are.basis(),
        messages: !arguments.messages.no_logs,
        pods: arguments.pods.pods,
        with: arguments.selection.with.clone(),
    };
    let mut input = input::read_wanted(source, wanted).map_err(|error| error.to_string())?;
    let mut selection = Cow::Borrowed(selection);
    let redaction = redactor.redaction(&input.snapshot);
    if let Some(redaction) = redaction.map_err(|error| error.to_string())? {
        let redacted = redacted(&input.snapshot, &redaction);
        input.snapshot = redacted.map_err(|error| error.to_string())?;
        selection = Cow::Owned(selection.redacted(&redaction));
    }
    let now = clock::now();
    let mut report = assess(&input.snapshot, now);
    report.head.redacted = redactor.is_on();
    match input.overlaid {
        Some(overlaid) => {
            report = with(
                &report,
                &input.snapshot,
                overlaid.snapshot,
                overlaid.overlay,
                &selection.accepted,
                now,
            );
        }
        None => selection.accepted.apply(&mut report),
    }
    if report.state == ClusterState::NotInstalled && !report.basis.is_proposal() {
        report.plan_findings = objections(&input.snapshot, &report, now);
    }
    selection.compare(&mut report, name);
    report.address(destination(
        source,
        &input.snapshot.origin,
        redactor.is_on(),
    ));
    Ok((report, input.snapshot))
}
