//! From arguments to exit code: what is read, decided, written and told, in this order.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::filter::{Outcome, filter};
use crate::helm4::Caller;
use crate::read::stream::Stream;
use crate::report;
use crate::report::diff;
use crate::report::file::ReportFile;
use crate::stdio;

/// Runs the program with its arguments, the first being its name.
pub fn run(mut arguments: Vec<OsString>) -> ExitCode {
    let caller = Caller::of(&mut arguments);
    caller.guard();
    let result = parse(arguments, caller).and_then(|cli| match cli {
        Some(cli) => filter_stdin(&cli),
        None => Ok(()),
    });
    match result {
        Ok(()) => Exit::Written.into(),
        Err(Error::BrokenPipe) => Error::BrokenPipe.exit().into(),
        Err(error) => ExitCode::from(caller.fail(&error.to_string(), error.exit())),
    }
}

/// The parsed arguments; none where help or the version was asked for and shown.
fn parse(arguments: Vec<OsString>, caller: Caller) -> Result<Option<Cli>, Error> {
    let error = match Cli::try_parse_from(&arguments) {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if error.kind() == ErrorKind::InvalidUtf8 {
        return Err(Error::Usage(not_utf8(&arguments)));
    }
    let text = error.render().to_string();
    if !asked {
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        return Err(Error::Usage(text.trim_end().to_owned()));
    }
    // Helm 3 would install the help text as if it were the manifests.
    if caller == Caller::Helm4 || !stdio::is_idle() {
        return Err(Error::Usage(format!(
            "--help and --version write no stream, and one is piped in\n\n{}",
            text.trim_end()
        )));
    }
    stdio::write(&[text.as_bytes()]).map(|()| None)
}

/// clap does not tell which argument it is.
fn not_utf8(arguments: &[OsString]) -> String {
    let arguments = arguments
        .iter()
        .filter(|argument| argument.to_str().is_none());
    let quoted: Vec<String> = arguments
        .map(|argument| calico_core::text::quoted(argument.as_encoded_bytes()))
        .collect();
    format!("an argument is not UTF-8: {}", quoted.join(", "))
}

fn filter_stdin(cli: &Cli) -> Result<(), Error> {
    let mut options = cli.options().map_err(Error::Usage)?;
    let to_stdout = |path: &Path| path == Path::new("-") || stdio::is_stdout(path);
    if cli.report.as_deref().is_some_and(to_stdout) {
        let what = "--report names where the stream goes, which holds nothing but the stream";
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
        result = Err(Error::WouldChange(report::changes(&outcome)));
    }
    // Nothing on stderr decides whether the stream goes out.
    if cli.diff
        && let Some((before, after, first)) = versions(&stream, &outcome)
    {
        let _ = io::stderr().write_all(diff::unified(&before, after, first).as_bytes());
    }
    write_and_report(cli, &stream, &outcome, result)?;
    if !cli.quiet {
        let _ = io::stderr().write_all(report::summary(&stream, &outcome).as_bytes());
    }
    Ok(())
}

/// Writes the stream, unless it is refused, and the report of what came of it.
fn write_and_report(
    cli: &Cli,
    stream: &Stream,
    outcome: &Outcome,
    result: Result<(), Error>,
) -> Result<(), Error> {
    let Some(path) = &cli.report else {
        return result.and_then(|()| write_stream(stream, outcome));
    };
    let told = |result: &Result<(), Error>| {
        ReportFile::ready(path, &report::json(stream, outcome, result))
    };
    let ready = told(&result);
    let result = match (result, &ready) {
        (Ok(()), Err(_)) => return ready.map(drop),
        (Ok(()), Ok(_)) => write_stream(stream, outcome),
        (refused, _) => refused,
    };
    let ready = match &result {
        Err(Error::Io(_) | Error::BrokenPipe) => told(&result),
        _ => ready,
    };
    match (result, ready.and_then(ReportFile::publish)) {
        (Ok(()), Err(error)) => Err(Error::Io(format!(
            "{error}\n  note: the stream was written"
        ))),
        (Err(error), Err(also)) => {
            // What ended the run is what the user has to see; beside it, the report is worth a line.
            let _ = writeln!(io::stderr(), "helm-postrender: {also}");
            Err(error)
        }
        (result, Ok(())) => result,
    }
}

fn write_stream(stream: &Stream, outcome: &Outcome) -> Result<(), Error> {
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

/// The Installation's document before and after, and its first line in the stream.
fn versions<'a>(stream: &Stream, outcome: &'a Outcome) -> Option<(String, &'a str, usize)> {
    let replacement = outcome.replacement.as_ref()?;
    let before = stream.bytes().get(replacement.range.clone())?;
    let first = stream.bytes().get(..replacement.range.start)?;
    let first = memchr::memchr_iter(b'\n', first).count() + 1;
    Some((
        String::from_utf8_lossy(before).into_owned(),
        &replacement.text,
        first,
    ))
}
