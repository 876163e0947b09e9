//! `kubectl calico status`

use crate::assess::assess;
use crate::assess::report::Report;
use crate::cli::{FailOn, Format, Status};
use crate::connect::connect;
use crate::exit::Exit;
use crate::gather::cluster::Cluster;
use crate::gather::files::Files;
use crate::render;
use crate::snapshot::Snapshot;
use crate::terminal;

/// Gathers, assesses, renders.
pub fn run(arguments: &Status) -> Exit {
    let snapshot = match gather(arguments) {
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

/// Reads the files that are named, or else the cluster.
fn gather(arguments: &Status) -> Result<Snapshot, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if !arguments.filename.is_empty() {
        let files = Files::read(&arguments.filename)?;
        return Ok(runtime.block_on(Snapshot::gather(&files)));
    }
    runtime.block_on(async {
        let server = connect(&arguments.connection).await?;
        let cluster = Cluster::reach(server).await?;
        let snapshot = Snapshot::gather(&cluster).await;
        if arguments.verbose {
            terminal::tell(&render::requests(&cluster.asked()));
        }
        Ok(snapshot)
    })
}
