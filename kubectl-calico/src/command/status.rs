//! `kubectl calico status`

use super::{clock, input, output};
use crate::assess::assess;
use crate::assess::report::Report;
use crate::cli::{FailOn, StatusArgs, StatusFormat};
use crate::exit::Exit;
use crate::render;
use crate::terminal;

/// Prints the report of a cluster.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    let snapshot = match input::read(&arguments.source) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::fail(&error.to_string()),
    };
    let report = assess(&snapshot, clock::now());
    let text = match arguments.output {
        StatusFormat::Text => Ok(render::text(&report, terminal::look(arguments.color))),
        StatusFormat::Json => render::json(&report),
    };
    match text {
        Ok(text) => output::print(&text, exit(&report, arguments.fail_on)),
        Err(error) => output::fail(&format!("cannot write the report as JSON: {error}")),
    }
}

/// Findings take precedence over skipped checks.
fn exit(report: &Report, fail_on: FailOn) -> Exit {
    let mut findings = report.findings.iter();
    if findings.any(|finding| fail_on.counts(finding.severity)) {
        Exit::Findings
    } else if report.is_complete() {
        Exit::Success
    } else {
        Exit::Incomplete
    }
}
