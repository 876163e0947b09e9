//! `kubectl calico status`

use crate::assess::assess;
use crate::assess::report::Report;
use crate::cli::{FailOn, Format, Status};
use crate::exit::Exit;
use crate::render;
use crate::terminal;

/// Gathers, assesses, renders.
pub fn run(arguments: &Status) -> Exit {
    let snapshot = match super::gather(&arguments.source) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            terminal::complain(&error.to_string());
            return Exit::Unread;
        }
    };
    let report = assess(&snapshot);
    let text = match arguments.output {
        Format::Text => render::text(&report, terminal::look(arguments.color)),
        Format::Json => match render::json(&report) {
            Ok(text) => text,
            Err(error) => {
                terminal::complain(&format!("cannot write the report as JSON: {error}"));
                return Exit::Unread;
            }
        },
    };
    match super::write(&text) {
        Ok(()) => exit(&report, arguments.fail_on),
        Err(exit) => exit,
    }
}

/// Findings win over what could not be judged.
fn exit(report: &Report, fail_on: FailOn) -> Exit {
    let mut findings = report.findings.iter();
    if findings.any(|found| fail_on.counts(found.severity)) {
        Exit::Findings
    } else if !report.is_complete() {
        Exit::Unread
    } else {
        Exit::Well
    }
}
