//! `kubectl calico status` on several clusters.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{clock, output, status};
use crate::assess::report::Report;
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::clusters::{ClusterReport, ReportList};
use crate::connect::kubeconfig_names;
use crate::exit::Exit;
use crate::gather::snapshot_files::snapshot_files;
use crate::render::{self, ClusterDetail};
use crate::terminal;

/// How many clusters are read at the same time.
const AT_ONCE: usize = 16;

/// One of the clusters.
struct Target {
    name: String,
    source: SourceArgs,
}

/// Prints the reports of several clusters; `None` if the arguments name only one.
pub(super) fn run(arguments: &StatusArgs) -> Option<Exit> {
    let targets = match targets(arguments) {
        Ok(targets) => targets?,
        Err(error) => return Some(output::fail(&error)),
    };
    let list = ReportList::new(reports(&targets, arguments), clock::now());
    let detail = match arguments.output {
        StatusFormat::Short => ClusterDetail::Table,
        StatusFormat::Wide => ClusterDetail::Reports,
        _ => ClusterDetail::Findings,
    };
    let look = terminal::look(arguments.run.color);
    let text = match arguments.output {
        StatusFormat::Text | StatusFormat::Short | StatusFormat::Wide => {
            Ok(render::clusters(&list, look, detail))
        }
        StatusFormat::Json => render::json(&list).map_err(|error| error.to_string()),
        StatusFormat::Yaml => render::yaml(&list).map_err(|error| error.to_string()),
        StatusFormat::Connectivity
        | StatusFormat::Markdown
        | StatusFormat::Html
        | StatusFormat::Prometheus
        | StatusFormat::Junit
        | StatusFormat::Sarif => {
            Err("this format is for one cluster: choose it with --context or -f".to_owned())
        }
    };
    Some(match text {
        Ok(text) => output::print(&text, exit(&list, arguments)),
        Err(error) => output::fail(&error),
    })
}

/// The clusters that the arguments name; `None` if there is only one.
fn targets(arguments: &StatusArgs) -> Result<Option<Vec<Target>>, String> {
    let source = &arguments.run.source;
    let contexts = if arguments.all_contexts {
        let known = kubeconfig_names(source.connection.kubeconfig.as_deref()).contexts;
        if known.is_empty() {
            return Err("the kubeconfig has no contexts, or cannot be read".to_owned());
        }
        known
    } else {
        arguments.contexts.clone()
    };
    if !contexts.is_empty() {
        let targets = contexts.into_iter().map(|context| Target {
            source: SourceArgs {
                is_quiet: true,
                connection: source.connection.in_context(&context),
                ..source.clone()
            },
            name: context,
        });
        return Ok(Some(targets.collect()));
    }
    let files = snapshot_files(&source.filename)?;
    Ok(files.map(|files| {
        files
            .into_iter()
            .map(|file| Target::of_file(file, source))
            .collect()
    }))
}

impl Target {
    fn of_file(file: PathBuf, source: &SourceArgs) -> Self {
        Self {
            name: file.display().to_string(),
            source: SourceArgs {
                filename: vec![file],
                is_quiet: true,
                ..source.clone()
            },
        }
    }
}

/// The report of each cluster, in their order. A cluster that cannot be read has an error instead.
fn reports(targets: &[Target], arguments: &StatusArgs) -> Vec<ClusterReport> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Report, String>)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(targets.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(target) = targets.get(index) else {
                        return;
                    };
                    let report = status::report(arguments, &target.source);
                    let report = report.map(|(report, _)| report);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, report));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let outcomes = done.into_iter().map(|(_, outcome)| outcome);
    let named = targets.iter().zip(outcomes);
    named
        .map(|(target, outcome)| ClusterReport::new(target.name.clone(), outcome))
        .collect()
}

/// The worst exit code: findings, then what could not be read.
fn exit(list: &ReportList, arguments: &StatusArgs) -> Exit {
    let exits: Vec<Exit> = list
        .clusters
        .iter()
        .map(|cluster| match &cluster.report {
            Some(report) => Exit::of_report(report, &arguments.run),
            None => Exit::Incomplete,
        })
        .collect();
    let has = |exit: Exit| exits.contains(&exit);
    Exit::of(has(Exit::Findings), !has(Exit::Incomplete))
}
