//! The commands of the pages in docs/guides print what the pages show. `UPDATE_CASES=1` rewrites the pages. docs/testing.md
//! describes what a page may contain.

mod output;
mod page;
mod stage;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use calico_test_support::cases::assert_all;
use calico_test_support::clusters::{Base, manifest};
use calico_test_support::repository;
use calico_test_support::snapshot::assert_snapshot;

use crate::api_server::{Cluster, launcher};
use crate::needs::or_skip;
use output::{is_as_shown, rewritten};
use page::{Console, Part, parse};
use stage::{Charts, Stage};

/// The cluster whose controllers act. `after PAGE`: as that page leaves it.
const TEST_CLUSTER: &str = "test cluster";

struct Page {
    path: PathBuf,
    name: String,
    parts: Vec<Part>,
}

fn pages() -> Vec<Page> {
    let folder = repository().join("docs/guides");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            Page {
                parts: parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display())),
                name: path.file_name().unwrap().to_str().unwrap().to_owned(),
                path,
            }
        })
        .collect()
}

impl Page {
    fn clusters(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Cluster { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// If it needs the test cluster, the page before it there; empty for the first page.
    fn is_after(&self) -> Option<&str> {
        let mut clusters = self.clusters();
        let state = clusters.find_map(|name| name.strip_prefix(TEST_CLUSTER))?;
        Some(state.strip_prefix(" after ").unwrap_or_default())
    }

    /// Runs its commands and compares what they print; `UPDATE_CASES=1` writes the page.
    fn check(mut self, charts: &Charts, cluster: Option<&Cluster>) -> Result<(), String> {
        let mut stage = Stage::new(&self.name, charts);
        let mut problems = Problems::default();
        for part in &mut self.parts {
            play(part, &mut stage, cluster, &mut problems);
        }
        if std::env::var_os("UPDATE_CASES").is_some() {
            let text: String = self.parts.iter().map(Part::lines).collect();
            fs::write(&self.path, text).unwrap();
            problems.outdated.clear();
        }
        let all = [problems.failed, problems.outdated].concat();
        if all.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n\n{}", self.path.display(), all.join("\n\n")))
    }
}

/// What is wrong with a page.
#[derive(Default)]
struct Problems {
    /// Commands whose exit code is not the expected one.
    failed: Vec<String>,
    /// Commands that print something else than the page shows.
    outdated: Vec<String>,
}

/// Runs a part of a page, which then shows what was printed.
fn play<'a>(
    part: &mut Part,
    stage: &mut Stage<'a>,
    cluster: Option<&'a Cluster>,
    problems: &mut Problems,
) {
    match part {
        Part::Text(_) => {}
        Part::Cluster { name, .. } => match cluster {
            Some(cluster) if name.starts_with(TEST_CLUSTER) => stage.use_cluster(cluster),
            _ => stage.use_case(name),
        },
        Part::File { name, content, .. } => stage.write(name, content),
        Part::Hidden { script, .. } => {
            let ran = stage.run(&format!("set -e; {script}"));
            if !ran.success {
                let what = format!("the hidden commands fail: {script}\n{}", ran.text);
                problems.failed.push(what);
            }
        }
        Part::Console(console) if console.not_run.is_some() => {}
        Part::Console(console) => run(console, stage, problems),
    }
}

fn run(console: &mut Console, stage: &Stage<'_>, problems: &mut Problems) {
    let last = console.commands.len() - 1;
    for (number, command) in console.commands.iter_mut().enumerate() {
        let ran = stage.run(&command.text);
        if !is_as_shown(&command.output, &ran.text) {
            let shown = std::mem::take(&mut command.output);
            command.output = rewritten(&shown, &ran.text);
            problems.outdated.push(format!(
                "$ {}\n--- shown\n{shown}--- printed\n{}",
                command.text, ran.text
            ));
        }
        let must_fail = console.fails && number == last;
        if ran.success == must_fail {
            let what = if ran.success { "succeeds" } else { "fails" };
            let what = format!("the command {what}: {}\n{}", command.text, ran.text);
            problems.failed.push(what);
        }
    }
}

#[test]
fn pages_about_clusters_from_files_show_what_is_printed() {
    let charts = Charts::serve();
    let pages = pages().into_iter().filter(|page| page.is_after().is_none());
    assert_all(pages.map(|page| page.check(&charts, None)));
}

#[test]
fn pages_about_the_test_cluster_show_what_is_printed() {
    let mut left: Vec<Page> = pages();
    left.retain(|page| page.is_after().is_some());
    let mut command = launcher();
    command.args([
        "--with-controllers",
        "--nodes=3",
        "--pod-network=10.244.0.0/16",
    ]);
    let Some(cluster) = or_skip(Cluster::launch(&mut command), "Kubernetes' controllers") else {
        return;
    };
    let mut kubeadm = Base::new("fresh", "v3.32.1", 3).objects();
    kubeadm.retain(|object| object["kind"] == "ConfigMap");
    cluster.apply(&manifest(&kubeadm));
    let charts = Charts::serve();
    let mut results = Vec::new();
    let mut before = String::new();
    while let Some(next) = left
        .iter()
        .position(|page| page.is_after() == Some(&before))
    {
        let page = left.remove(next);
        before.clone_from(&page.name);
        let start = Instant::now();
        results.push(page.check(&charts, Some(&cluster)));
        eprintln!("{before}: {} s", start.elapsed().as_secs());
    }
    assert_all(results);
    let unreached: Vec<_> = left.iter().map(|page| &page.name).collect();
    assert!(unreached.is_empty(), "after no page: {unreached:?}");
}

/// The commands that run, and those that do not, with the reason.
#[test]
fn what_is_not_run() {
    let mut table = String::new();
    for page in pages() {
        let consoles: Vec<&Console> = page
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Console(console) => Some(console),
                _ => None,
            })
            .collect();
        let not_run = consoles.iter().filter(|console| console.not_run.is_some());
        let (name, run) = (&page.name, consoles.len() - not_run.clone().count());
        writeln!(table, "{name}: {run} of {} blocks run", consoles.len()).unwrap();
        for console in not_run {
            let command = console.commands[0].text.lines().next().unwrap_or_default();
            let reason = console.not_run.as_deref().unwrap_or_default();
            writeln!(table, "  not run: {command}: {reason}").unwrap();
        }
    }
    assert_snapshot("guides", &table);
}
