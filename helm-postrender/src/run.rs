//! From arguments to exit code: reading, deciding, writing and reporting, in this order.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

use calico_core::text::quoted;
use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::filter::filter;
use crate::helm4::Caller;
use crate::install_plugin;
use crate::outcome::Outcome;
use crate::read::stream::Stream;
use crate::report::file::ReportFile;
use crate::report::{diff, json, summary};
use crate::stdio;

/// Runs the program with its arguments, the first being its name.
pub fn run(mut arguments: Vec<OsString>) -> ExitCode {
    let caller = Caller::of(&mut arguments);
    caller.guard();
    let result = if arguments
        .get(1)
        .is_some_and(|word| word == "install-plugin")
    {
        arguments.remove(1);
        parse(&arguments, caller).and_then(|cli| cli.map_or(Ok(()), |cli| install(&cli)))
    } else {
        parse(&arguments, caller).and_then(|cli| cli.map_or(Ok(()), |cli| filter_stdin(&cli)))
    };
    match result {
        Ok(()) => Exit::Written.into(),
        Err(Error::BrokenPipe) => Error::BrokenPipe.exit().into(),
        Err(error) => ExitCode::from(caller.fail(&error.to_string(), error.exit())),
    }
}

/// The parsed arguments; none if help or the version was requested, and has been written.
fn parse<C: Parser>(arguments: &[OsString], caller: Caller) -> Result<Option<C>, Error> {
    let error = match C::try_parse_from(arguments) {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::InvalidUtf8 => Err(Error::Usage(not_utf8(arguments))),
        // Helm 3 would install the help text as if it were the manifests.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            if caller == Caller::Helm4 || !stdio::is_idle() =>
        {
            Err(Error::Usage(format!(
                "--help and --version do not write a stream, but one is piped in\n\n{}",
                text.trim_end()
            )))
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            stdio::write(&[text.as_bytes()])?;
            Ok(None)
        }
        _ => {
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Err(Error::Usage(text.trim_end().to_owned()))
        }
    }
}

/// The message for arguments that are not UTF-8: clap does not say which ones.
fn not_utf8(arguments: &[OsString]) -> String {
    let quoted: Vec<String> = arguments
        .iter()
        .filter(|argument| argument.to_str().is_none())
        .map(|argument| quoted(argument.as_encoded_bytes()))
        .collect();
    format!("an argument is not UTF-8: {}", quoted.join(", "))
}

/// What `--check` writes instead of a stream that would not change. A text is no manifest: should
/// Helm be the caller, it fails, rather than taking an empty stream for the whole release.
const UNCHANGED: &str = "nothing would change (helm-postrender --check writes no stream)\n";

fn install(flags: &install_plugin::InstallFlags) -> Result<(), Error> {
    stdio::write(&[install_plugin::install(flags)?.as_bytes()])
}

fn filter_stdin(cli: &Cli) -> Result<(), Error> {
    let mut options = cli.options().map_err(Error::Usage)?;
    if cli.report.as_deref().is_some_and(is_stdout) {
        let what = "--report is the file that the stream is written to, which must contain nothing \
                    else";
        return Err(Error::Usage(what.to_owned()));
    }
    if let Some(report) = &cli.report
        && (stdio::is_stdin(report) || cli.cluster.reads(report))
    {
        let what = "--report is a file that this run reads, and would be overwritten";
        return Err(Error::Usage(what.to_owned()));
    }
    let (stream, outcome, mut result) = match stdio::read() {
        Ok(stream) => {
            let (outcome, result) = match cli.cluster.read() {
                Ok(cluster) => {
                    options.cluster = cluster;
                    filter(&stream, &options)
                }
                Err(refusal) => (Outcome::default(), Err(refusal.into())),
            };
            (stream, outcome, result)
        }
        Err(error @ Error::Usage(_)) => return Err(error),
        Err(error) => (Stream::new(Vec::new()), Outcome::default(), Err(error)),
    };
    if result.is_ok() && cli.check && outcome.replacement.is_some() {
        result = Err(Error::WouldChange(summary::changes(&outcome)));
    }
    // Writing to stderr may fail: that does not determine whether the stream is written.
    if cli.diff {
        let _ = io::stderr().write_all(document_diff(&stream, &outcome).as_bytes());
    }
    write_and_report(cli, &stream, &outcome, result)?;
    if !cli.quiet {
        let _ = io::stderr().write_all(summary::summary(&stream, &outcome).as_bytes());
    }
    Ok(())
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || stdio::is_stdout(path)
}

/// Writes the stream, unless it is refused, and the report of what happened to it.
fn write_and_report(
    cli: &Cli,
    stream: &Stream,
    outcome: &Outcome,
    result: Result<(), Error>,
) -> Result<(), Error> {
    let Some(path) = &cli.report else {
        return result.and_then(|()| write_stream(cli, stream, outcome));
    };
    let mut report = ReportFile::prepare(path, &json::report(stream, outcome, &result));
    let mut written = result;
    if written.is_ok() {
        if report.is_err() {
            return report.map(drop);
        }
        written = write_stream(cli, stream, outcome);
        if written.is_err() {
            report = ReportFile::prepare(path, &json::report(stream, outcome, &written));
        }
    }
    match (written, report.and_then(ReportFile::publish)) {
        (Ok(()), Err(error)) => Err(Error::Io(format!(
            "{error}\n  note: the stream was written"
        ))),
        (Err(error), Err(report_error)) => {
            // The user needs the error that ended the run; the report gets a line.
            let _ = writeln!(io::stderr(), "helm-postrender: {report_error}");
            Err(error)
        }
        (written, Ok(())) => written,
    }
}

fn write_stream(cli: &Cli, stream: &Stream, outcome: &Outcome) -> Result<(), Error> {
    if cli.check {
        return stdio::write(&[UNCHANGED.as_bytes()]);
    }
    let bytes = stream.bytes();
    match &outcome.replacement {
        None => stdio::write(&[bytes]),
        Some(replacement) => {
            let before = bytes.get(..replacement.range.start).unwrap_or_default();
            let after = bytes.get(replacement.range.end..).unwrap_or_default();
            stdio::write(&[before, replacement.text.as_bytes(), after])
        }
    }
}

/// The difference between the Installation's document before and after, with line numbers of the
/// stream; empty if nothing changes.
fn document_diff(stream: &Stream, outcome: &Outcome) -> String {
    let Some(replacement) = &outcome.replacement else {
        return String::new();
    };
    let bytes = stream.bytes();
    let range = &replacement.range;
    // With the line of its marker, which is not read.
    let start = stream
        .documents()
        .iter()
        .find(|document| document.contains(&range.start))
        .map_or(range.start, |document| document.start);
    let text = |range: Range<usize>| String::from_utf8_lossy(bytes.get(range).unwrap_or_default());
    let preceding = bytes.get(..start).unwrap_or_default();
    let first_line = memchr::memchr_iter(b'\n', preceding).count() + 1;
    diff::unified(
        &text(start..range.end),
        &format!("{}{}", text(start..range.start), replacement.text),
        first_line,
    )
}
