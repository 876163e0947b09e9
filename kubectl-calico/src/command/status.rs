//! `kubectl calico status`

use super::{clock, input, output};
use crate::assess::assess;
use crate::assess::cluster_state::ClusterState;
use crate::assess::report::Report;
use crate::cli::{RunArgs, StatusArgs, StatusFormat};
use crate::exit::Exit;
use crate::render;
use crate::terminal;

/// In place of steps between two nodes.
const NO_CONNECTIVITY: &str =
    "no steps: there are fewer than two Linux nodes, or how Calico routes pod traffic is unknown\n";

/// Prints the report of a cluster.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    let snapshot = match input::read(&arguments.run.source, Some(arguments.messages)) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::fail(&error.to_string()),
    };
    let report = assess(&snapshot, clock::now());
    let text = match arguments.output {
        StatusFormat::Text | StatusFormat::Short | StatusFormat::Wide => {
            let detail = render::Detail {
                short: arguments.output == StatusFormat::Short,
                sources: arguments.output == StatusFormat::Wide,
                skipped: arguments.run.source.verbose,
            };
            let look = terminal::look(arguments.run.color);
            Ok(render::text(&report, look, detail))
        }
        StatusFormat::Connectivity => Ok(match &report.connectivity {
            Some(steps) => render::connectivity(steps, terminal::look(arguments.run.color)),
            None => NO_CONNECTIVITY.to_owned(),
        }),
        StatusFormat::Json => render::json(&report).map_err(|error| error.to_string()),
        StatusFormat::Yaml => render::yaml(&report).map_err(|error| error.to_string()),
    };
    match text {
        Ok(text) => output::print(&text, exit(&report, &arguments.run)),
        Err(error) => output::fail(&format!("cannot write the report: {error}")),
    }
}

fn exit(report: &Report, run: &RunArgs) -> Exit {
    let missing = report.state == ClusterState::NotInstalled && run.fails_if_not_installed();
    let fails = missing || report.worst().is_some_and(|worst| run.fails_on(worst));
    let is_known = report.state != ClusterState::Unknown;
    Exit::of(fails, report.is_complete() && is_known)
}
