//! The edges: arguments, standard input and output, and the report's file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::diff;
use crate::error::Error;
use crate::exit::Exit;
use crate::failure::{self, Caller};
use crate::filter::{Outcome, filter};
use crate::report;
use crate::stream::Stream;

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
    if caller == Caller::Helm4 || !stdin_is_idle() {
        return Err(Error::Usage(format!(
            "--help and --version write no stream, and one is piped in\n\n{}",
            text.trim_end()
        )));
    }
    write_out(&[text.as_bytes()]).map(|()| None)
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

/// Whether nobody pipes a stream in: standard input is a terminal or a device such as /dev/null,
/// or is not there at all.
fn stdin_is_idle() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let metadata = stdin_file().and_then(|stdin| stdin.metadata());
        metadata.map_or(true, |metadata| metadata.file_type().is_char_device())
    }
    #[cfg(not(unix))]
    {
        io::stdin().is_terminal()
    }
}

/// Standard input as a file, which knows its size where it is one: the stream is then read into
/// memory that is large enough from the start.
fn stdin_file() -> io::Result<File> {
    file_of(&io::stdin())
}

#[cfg(unix)]
fn file_of(standard: &impl std::os::fd::AsFd) -> io::Result<File> {
    standard.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn file_of(standard: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    standard.as_handle().try_clone_to_owned().map(File::from)
}

fn filter_stdin(cli: &Cli) -> Result<(), Error> {
    let options = cli.options().map_err(Error::Usage)?;
    if cli.report.as_deref().is_some_and(is_stdout) {
        let what = "--report names where the stream goes, which holds nothing but the stream";
        return Err(Error::Usage(what.to_owned()));
    }
    if io::stdin().is_terminal() {
        return Err(Error::Usage(
            "standard input is a terminal: pipe a stream in, as in `helm template … | helm-postrender …` (see --help)"
                .to_owned(),
        ));
    }
    let mut bytes = Vec::new();
    stdin_file()
        .and_then(|mut stdin| stdin.read_to_end(&mut bytes))
        .map_err(|error| Error::Io(format!("standard input cannot be read: {error}")))?;
    let stream = Stream::new(bytes);
    let (outcome, mut result) = filter(&stream, &options);
    if result.is_ok() && cli.check && outcome.replacement.is_some() {
        result = Err(Error::WouldChange(report::changes(&outcome)));
    }
    if let Some(path) = &cli.report
        && let Err(error) = write_report(path, &report::json(&stream, &outcome, &result))
    {
        // A refusal is what the user has to see; beside it, the report is worth a line.
        if result.is_ok() {
            return Err(error);
        }
        let _ = writeln!(io::stderr(), "helm-postrender: {error}");
    }
    // Nothing on stderr decides whether the stream goes out.
    if cli.diff
        && let Some((before, after, first)) = versions(&stream, &outcome)
    {
        let _ = io::stderr().write_all(diff::unified(&before, after, first).as_bytes());
    }
    result?;
    if !cli.quiet {
        let _ = io::stderr().write_all(report::summary(&stream, &outcome).as_bytes());
    }
    let bytes = stream.bytes();
    match &outcome.replacement {
        None => write_out(&[bytes]),
        Some(replacement) => {
            let before = bytes.get(..replacement.range.start).unwrap_or_default();
            let after = bytes.get(replacement.range.end..).unwrap_or_default();
            write_out(&[before, replacement.text.as_bytes(), after])
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

fn write_out(parts: &[&[u8]]) -> Result<(), Error> {
    failure::stream_starts();
    let mut stdout = io::stdout().lock();
    let written = parts.iter().try_for_each(|part| stdout.write_all(part));
    match written.and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Error::BrokenPipe),
        Err(error) => Err(Error::Io(format!(
            "standard output cannot be written, and is not complete: {error}"
        ))),
    }
}

/// Writes the report beside its place and moves it there, so that nobody reads half of one.
///
/// A link is never replaced: what it leads to is. A place that is not a regular file (a pipe, a
/// device, /dev/stderr wherever that leads) is written to as it is.
fn write_report(path: &Path, report: &serde_json::Value) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::Io(format!(
            "--report {}: the report cannot be written: {error}",
            calico_core::text::quoted(path.as_os_str().as_encoded_bytes())
        ))
    };
    let text = format!("{report:#}\n");
    let is_link = path
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_symlink());
    if is_link || path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| failed(&error));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = readable(&mut tempfile::Builder::new())
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| failed(&error))?;
    if let Ok(old) = path.metadata() {
        let kept = file.as_file().set_permissions(old.permissions());
        kept.map_err(|error| failed(&error))?;
    }
    file.write_all(text.as_bytes())
        .map_err(|error| failed(&error))?;
    file.persist(path)
        .map(|_| ())
        .map_err(|error| failed(&error.error))
}

/// Whether a path leads to where standard output goes: a report there would be taken for part of
/// the stream, or take its place. Any terminal may have both.
#[cfg(unix)]
fn is_stdout(path: &Path) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let stdout = file_of(&io::stdout()).and_then(|stdout| stdout.metadata());
    let (Ok(stdout), Ok(report)) = (stdout, path.metadata()) else {
        return false;
    };
    let same = (stdout.dev(), stdout.ino()) == (report.dev(), report.ino());
    same && !stdout.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_stdout(_: &Path) -> bool {
    false
}

/// A report is no secret: whoever may read the folder may read it, as with any file.
fn readable<'a, 'b>(
    builder: &'a mut tempfile::Builder<'b, 'b>,
) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    builder
}
