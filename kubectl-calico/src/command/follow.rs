//! `kubectl calico status --wait` and `--watch`: the report again after each change of the cluster.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use calico_core::text::listed;

use super::selection::Selection;
use super::{clock, output, status};
use crate::assess::readiness::missing;
use crate::assess::report::Report;
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::connect::connect;
use crate::exit::Exit;
use crate::gather::changes::{Change, watch_all};
use crate::interrupt;
use crate::render::{self, Detail};
use crate::snapshot::Snapshot;
use crate::terminal;

/// How long changes are collected before the cluster is read again.
const SETTLE: Duration = Duration::from_secs(1);

/// How often the cluster is read if it cannot be watched, and at least.
const AT_LEAST: Duration = Duration::from_secs(60);

/// When a server that does not respond is tried again; after each further failure, twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(15);

/// How long the watches may take to begin.
const BEGIN: Duration = Duration::from_secs(15);

/// Waits, or keeps watching; `None` if neither was asked for.
pub(super) fn run(arguments: &StatusArgs) -> Option<Exit> {
    if arguments.wait.is_none() && !arguments.watch {
        return None;
    }
    let selection = match Selection::read(&arguments.selection, false) {
        Ok(selection) => selection,
        Err(error) => return Some(output::fail(&error)),
    };
    let owned = arguments.clone();
    Some(until_signal(move || match owned.wait {
        Some(limit) => wait(&owned, &selection, limit),
        None => watch(&owned, &selection),
    }))
}

/// Works until it is done, or a signal ends the program.
fn until_signal(work: impl FnOnce() -> Exit + Send + 'static) -> Exit {
    let (done, first) = channel();
    let stopped = done.clone();
    thread::spawn(move || {
        if let Ok(code) = interrupt::wait() {
            let _ = stopped.send(Exit::Signal(code));
        }
    });
    thread::spawn(move || done.send(work()));
    let exit = first.recv().unwrap_or(Exit::Incomplete);
    if matches!(exit, Exit::Signal(_)) {
        terminal::leave();
    }
    exit
}

/// Prints the report once nothing is missing, or the time is up. Says on standard error what it waits for, each
/// time that this changes.
fn wait(arguments: &StatusArgs, selection: &Selection, limit: Duration) -> Exit {
    let until = Instant::now().checked_add(limit);
    let changes = Changes::begin(&arguments.run.source);
    let mut said = String::new();
    let mut failures = 0;
    loop {
        let report = status::report(arguments, &arguments.run.source, selection, "");
        let waits_for = match &report {
            Ok((report, _)) => missing(report, |severity| arguments.run.fails_on(severity)),
            Err(error) => Some(format!("the API server: {error}")),
        };
        let Some(waits_for) = waits_for else {
            return print(arguments, report, false);
        };
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            terminal::warn(&format!("the time is up: still waiting for {waits_for}"));
            return print(arguments, report, true);
        }
        if waits_for != said {
            terminal::note(&format!("waiting for {waits_for}"));
            said = waits_for;
        }
        failures = if report.is_err() { failures + 1 } else { 0 };
        changes.wait(failures, left);
    }
}

fn print(
    arguments: &StatusArgs,
    report: Result<(Report, Snapshot), String>,
    is_late: bool,
) -> Exit {
    match report {
        Ok((report, snapshot)) => match status::print(arguments, &report, &snapshot) {
            Exit::Success if is_late => Exit::Findings,
            exit => exit,
        },
        Err(error) => output::fail(&error),
    }
}

/// Shows the verdict and the findings, again after each change: on a terminal in place, otherwise below.
fn watch(arguments: &StatusArgs, selection: &Selection) -> Exit {
    if !matches!(arguments.output, StatusFormat::Text | StatusFormat::Short) {
        terminal::complain("--watch shows the short form: omit -o");
        return Exit::Usage;
    }
    let changes = Changes::begin(&arguments.run.source);
    let look = terminal::look(arguments.run.color);
    let mut shown = String::new();
    let mut failures = 0;
    loop {
        let report = status::report(arguments, &arguments.run.source, selection, "");
        let text = match &report {
            Ok((report, _)) => {
                let detail = Detail {
                    short: true,
                    sources: false,
                    skipped: false,
                };
                render::text(report, look, detail)
            }
            Err(error) => format!("? {}\n", calico_core::text::printable(error)),
        };
        if text != shown {
            if terminal::redraw(&text, &clock::now().to_string()).is_err() {
                return Exit::Success;
            }
            shown = text;
        }
        failures = if report.is_err() { failures + 1 } else { 0 };
        changes.wait(failures, None);
    }
}

/// The changes of a cluster, which another thread watches.
struct Changes(Receiver<Change>);

impl Changes {
    /// Begins to watch. What changes from now on is noticed.
    fn begin(source: &SourceArgs) -> Self {
        let (sender, receiver) = channel();
        let connection = source.connection.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                loop {
                    if let Ok(server) = connect(&connection).await {
                        watch_all(&server, &sender).await;
                        return;
                    }
                    // The error is that of reading the cluster, which is shown.
                    tokio::time::sleep(LAST_RETRY).await;
                }
            });
        });
        let changes = Self(receiver);
        let until = Instant::now() + BEGIN;
        let mut not_allowed = Vec::new();
        while let Ok(change) = changes
            .0
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            match change {
                Change::Ready => break,
                Change::NotAllowed(kind) => not_allowed.push(kind),
                Change::Something => {}
            }
        }
        not_allowed.dedup();
        say_not_watched(&not_allowed);
        changes
    }

    /// Waits for a change, and until no more of them follow at once; at most for that long. `failures` is how
    /// often in a row the cluster could not be read.
    fn wait(&self, failures: u32, left: Option<Duration>) {
        let most = match failures.checked_sub(1) {
            None => AT_LEAST,
            Some(more) => LAST_RETRY.min(FIRST_RETRY * 2_u32.saturating_pow(more.min(8))),
        };
        let most = left.map_or(most, |left| left.min(most));
        match self.0.recv_timeout(most) {
            Ok(change) => say(&change),
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => return thread::sleep(LAST_RETRY.min(most)),
        }
        let settled = Instant::now() + left.map_or(SETTLE, |left| left.min(SETTLE));
        while let Ok(change) = self
            .0
            .recv_timeout(settled.saturating_duration_since(Instant::now()))
        {
            say(&change);
        }
    }
}

fn say(change: &Change) {
    if let Change::NotAllowed(kind) = change {
        say_not_watched(&[*kind]);
    }
}

fn say_not_watched(kinds: &[&str]) {
    if !kinds.is_empty() {
        terminal::warn(&format!(
            "no permission to watch {}: reading every {}s instead; kubectl calico rbac --watch prints a ClusterRole \
             with the permission",
            listed(kinds.iter().map(|kind| (*kind).to_owned())),
            AT_LEAST.as_secs()
        ));
    }
}
