//! `kubectl calico status --wait` and `--watch`: the report again after each change of the cluster.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use super::change_watch::{ChangeWatch, LastRead};
use super::one;
use crate::assess::readiness::missing;
use crate::assess::report::Report;
use crate::cli::{SourceArgs, StatusArgs, StatusFormat};
use crate::command::redaction::Redactor;
use crate::command::selection::Selection;
use crate::command::{clock, output};
use crate::exit::Exit;
use crate::interrupt;
use crate::render::{self, Detail};
use crate::snapshot::Snapshot;
use crate::terminal;

/// How long the last reading may take when the time of `--wait` is up.
const LAST_READING: Duration = Duration::from_secs(10);

/// Waits with `--wait`, or else keeps watching.
pub(super) fn run(arguments: &StatusArgs) -> Exit {
    let selection = match Selection::read(&arguments.selection, false) {
        Ok(selection) => selection,
        Err(error) => return output::fail(&error),
    };
    let owned = arguments.clone();
    // One key for all readings: names and addresses stay the same from one to the next.
    let redactor = Redactor::of(arguments.redact);
    until_signal(move || match owned.wait {
        Some(limit) => wait(&owned, &selection, &redactor, limit),
        None => watch(&owned, &selection, &redactor),
    })
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
fn wait(
    arguments: &StatusArgs,
    selection: &Selection,
    redactor: &Redactor,
    limit: Duration,
) -> Exit {
    let until = Instant::now().checked_add(limit);
    let left = || until.map(|until| until.saturating_duration_since(Instant::now()));
    let mut changes = ChangeWatch::begin(&arguments.run.source, Some(limit));
    let mut said = String::new();
    let mut failures = 0;
    loop {
        let began = Instant::now();
        let source = limited(&arguments.run.source, left());
        let report = one::report(arguments, &source, selection, redactor, "");
        let waits_for = match &report {
            Ok((report, _)) => missing(report, |severity| arguments.run.fails_on(severity)),
            Err(error) => Some(format!("the API server: {error}")),
        };
        let Some(waits_for) = waits_for else {
            return print(arguments, report, false);
        };
        let left = left();
        if left.is_some_and(|left| left.is_zero()) {
            terminal::warn(&format!("the time is up: still waiting for {waits_for}"));
            return print(arguments, report, true);
        }
        if waits_for != said {
            terminal::note(&format!("waiting for {waits_for}"));
            said = waits_for;
        }
        changes.wait(last_read(&report, began, &mut failures), left);
    }
}

/// The source with a time limit for a reading: the time that is left, and enough for a last one.
fn limited(source: &SourceArgs, left: Option<Duration>) -> SourceArgs {
    let most = left.map(|left| left.max(LAST_READING));
    SourceArgs {
        timeout: match (source.time_limit(), most) {
            (Some(limit), Some(most)) => Some(limit.min(most)),
            (None, Some(most)) => Some(most),
            (_, None) => source.timeout,
        },
        ..source.clone()
    }
}

/// How a reading went that began then. `failures` is how often in a row it has failed.
fn last_read<T, E>(report: &Result<T, E>, began: Instant, failures: &mut u32) -> LastRead {
    if report.is_ok() {
        *failures = 0;
        LastRead::Took(began.elapsed())
    } else {
        *failures += 1;
        LastRead::Failed(*failures)
    }
}

fn print(
    arguments: &StatusArgs,
    report: Result<(Report, Snapshot), String>,
    is_late: bool,
) -> Exit {
    match report {
        Ok((report, snapshot)) => match one::print(arguments, &report, &snapshot) {
            Exit::Success if is_late => Exit::Findings,
            exit => exit,
        },
        Err(error) => output::fail(&error),
    }
}

/// Shows the verdict and the findings, again after each change: on a terminal in place, otherwise below.
fn watch(arguments: &StatusArgs, selection: &Selection, redactor: &Redactor) -> Exit {
    if !matches!(arguments.output, StatusFormat::Text | StatusFormat::Short) {
        terminal::complain("--watch shows the short form: omit -o");
        return Exit::Usage;
    }
    let mut changes = ChangeWatch::begin(&arguments.run.source, None);
    let mut shown = None;
    let mut failures = 0;
    loop {
        let began = Instant::now();
        let report = one::report(arguments, &arguments.run.source, selection, redactor, "");
        let last = last_read(&report, began, &mut failures);
        // The terminal may have another size than before.
        let look = terminal::look(arguments.run.color);
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
        let new = Some((text, terminal::size()));
        if new != shown {
            let text = new.as_ref().map_or("", |(text, _)| text);
            if terminal::redraw(text, &clock::now().to_string()).is_err() {
                return Exit::Success;
            }
            shown = new;
        }
        changes.wait(last, None);
    }
}
