//! The reports of several clusters.

use std::path::{PathBuf, absolute};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use calico_core::text::listed;

use super::one;
use crate::assess::report::Report;
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::clusters::names::names;
use crate::clusters::{ClusterReport, ReportList};
use crate::command::redaction::Redactor;
use crate::command::selection::Selection;
use crate::command::{clock, output};
use crate::connect::kubeconfig_names;
use crate::exit::Exit;
use crate::gather::snapshot_files::snapshot_files;
use crate::render::{self, ClusterDetail, NodeGrid};
use crate::terminal;

/// How many clusters are read at the same time: each may take the memory of a run.
const AT_ONCE: usize = 8;

/// One of the clusters.
pub(super) struct Target {
    name: String,
    source: SourceArgs,
}

/// A report and perhaps the nodes, or why the cluster could not be read.
type Outcome = Result<(Report, Option<NodeGrid>), String>;

/// Prints the reports of these clusters.
pub(super) fn run(arguments: &StatusArgs, targets: Vec<Target>) -> Exit {
    if !arguments.selection.with.is_empty() {
        let files: Vec<String> = targets.into_iter().map(|target| target.name).collect();
        return output::fail(&format!(
            "--with is for one cluster, but these files are snapshots of several: give one of them with -f ({})",
            listed(files)
        ));
    }
    let selection = match Selection::read(&arguments.selection, true) {
        Ok(selection) => selection,
        Err(error) => return output::fail(&error),
    };
    let (reports, nodes): (Vec<_>, Vec<_>) = reports(
        &targets,
        arguments,
        &selection,
        &Redactor::of(arguments.redact),
    )
    .into_iter()
    .unzip();
    let nodes: Vec<NodeGrid> = nodes.into_iter().flatten().collect();
    let list = ReportList::new(reports, clock::now());
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
        StatusFormat::Markdown => Ok(render::markdown_list(&list)),
        StatusFormat::Html => Ok(render::html_list(&list, &nodes)),
        StatusFormat::Prometheus => Ok(render::prometheus(&list.named())),
        StatusFormat::Junit => Ok(render::junit(&list.named())),
        StatusFormat::Sarif => Ok(render::sarif(&list.named())),
        StatusFormat::Connectivity => {
            Err("-o connectivity is for one cluster: choose it with --context or -f".to_owned())
        }
    };
    match text {
        Ok(text) => output::print(&text, exit(&list, arguments)),
        Err(error) => output::fail(&error),
    }
}

/// The clusters that the arguments name; `None` if there is only one.
pub(super) fn targets(arguments: &StatusArgs) -> Result<Option<Vec<Target>>, String> {
    let source = &arguments.run.source;
    let contexts = contexts(arguments)?;
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
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|file| absolute(file).unwrap_or_else(|_| file.clone()))
            .collect();
        let named = names(&paths).into_iter().zip(files);
        named
            .map(|(name, file)| Target::of_file(name, file, source))
            .collect()
    }))
}

/// The contexts that the arguments name, each once; none if they name none.
fn contexts(arguments: &StatusArgs) -> Result<Vec<String>, String> {
    if arguments.all_contexts {
        let kubeconfig = arguments.run.source.connection.kubeconfig.as_deref();
        let known = kubeconfig_names(kubeconfig).map_err(|error| error.to_string())?;
        if known.contexts.is_empty() {
            let paths = known.paths.iter().map(|path| path.display().to_string());
            let paths = listed(paths);
            return Err(format!(
                "--all-contexts: no contexts in the kubeconfig ({paths})"
            ));
        }
        return Ok(known.contexts);
    }
    let mut contexts: Vec<String> = Vec::new();
    for name in &arguments.contexts {
        // A list that a script writes may end with a comma.
        if !name.is_empty() && !contexts.contains(name) {
            contexts.push(name.clone());
        }
    }
    if contexts.is_empty() && !arguments.contexts.is_empty() {
        return Err("--contexts: no context is named".to_owned());
    }
    Ok(contexts)
}

impl Target {
    fn of_file(name: String, file: PathBuf, source: &SourceArgs) -> Self {
        Self {
            name,
            source: SourceArgs {
                filename: vec![file],
                is_quiet: true,
                ..source.clone()
            },
        }
    }
}

/// The report of each cluster, in their order, and its nodes if the format shows them. A cluster that cannot
/// be read has an error instead.
fn reports(
    targets: &[Target],
    arguments: &StatusArgs,
    selection: &Selection,
    redactor: &Redactor,
) -> Vec<(ClusterReport, Option<NodeGrid>)> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(targets.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(target) = targets.get(index) else {
                        return;
                    };
                    let report =
                        one::report(arguments, &target.source, selection, redactor, &target.name);
                    let outcome = report.map(|(report, snapshot)| {
                        let shown = arguments.output == StatusFormat::Html;
                        (report, shown.then(|| NodeGrid::of(&snapshot)))
                    });
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let outcomes = done.into_iter().map(|(_, outcome)| outcome);
    let named = (1..).zip(targets).zip(outcomes);
    named
        .map(|((number, target), outcome)| {
            let (outcome, nodes) = match outcome {
                Ok((report, nodes)) => (Ok(report), nodes),
                Err(error) => (Err(error), None),
            };
            let outcome = outcome.map_err(|error| redactor.text(error));
            let name = if redactor.is_on() {
                format!("cluster{number}")
            } else {
                target.name.clone()
            };
            (ClusterReport::new(name, outcome), nodes)
        })
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
