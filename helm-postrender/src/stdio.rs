//! Standard input and output.

use std::fs::File;
use std::io::{self, IoSlice, IsTerminal as _, Write as _};
use std::path::Path;

use crate::error::Error;
use crate::helm4;
use crate::read::stream::Stream;

/// Reads all of standard input.
pub(crate) fn read() -> Result<Stream, Error> {
    if io::stdin().is_terminal() {
        return Err(Error::Usage(
            "standard input is a terminal: pipe manifests in, as in `helm template … | helm-postrender …` (see --help)"
                .to_owned(),
        ));
    }
    let read = file_of(&io::stdin()).and_then(|stdin| {
        let size = stdin.metadata().map_or(0, |metadata| metadata.len());
        // At least the capacity of a pipe on Linux.
        let capacity = usize::try_from(size).unwrap_or_default().max(1 << 16);
        Stream::read(stdin, capacity)
    });
    read.map_err(|error| Error::Io(format!("standard input cannot be read: {error}")))
}

/// Whether no stream is piped in: standard input is a terminal or a device such as /dev/null, or is
/// closed.
pub(crate) fn is_idle() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let metadata = file_of(&io::stdin()).and_then(|stdin| stdin.metadata());
        metadata.map_or(true, |metadata| metadata.file_type().is_char_device())
    }
    #[cfg(not(unix))]
    {
        io::stdin().is_terminal()
    }
}

/// Writes the parts of a stream, one after the other.
pub(crate) fn write(parts: &[&[u8]]) -> Result<(), Error> {
    helm4::stream_starts();
    match write_all(parts) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Error::BrokenPipe),
        Err(error) => Err(Error::Io(format!(
            "standard output cannot be written completely: {error}"
        ))),
    }
}

/// Writes with as few system calls as possible: each wakes up the reader of a pipe.
fn write_all(parts: &[&[u8]]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let mut slices: Vec<IoSlice> = parts.iter().map(|part| IoSlice::new(part)).collect();
    let mut rest = slices.as_mut_slice();
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match stdout.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    stdout.flush()
}

/// Whether a path is the file or pipe that standard output goes to: a report there would mix with the
/// stream, or overwrite it. A terminal may show both.
#[cfg(unix)]
pub(crate) fn is_stdout(path: &Path) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let stdout = file_of(&io::stdout()).and_then(|stdout| stdout.metadata());
    let (Ok(stdout), Ok(report)) = (stdout, path.metadata()) else {
        return false;
    };
    let same = (stdout.dev(), stdout.ino()) == (report.dev(), report.ino());
    same && !stdout.file_type().is_char_device()
}

/// Whether a path is the file that standard input comes from.
#[cfg(unix)]
pub(crate) fn is_stdin(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let stdin = file_of(&io::stdin()).and_then(|stdin| stdin.metadata());
    let (Ok(stdin), Ok(report)) = (stdin, path.metadata()) else {
        return false;
    };
    stdin.is_file() && (stdin.dev(), stdin.ino()) == (report.dev(), report.ino())
}

#[cfg(not(unix))]
pub(crate) fn is_stdout(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) fn is_stdin(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn file_of(standard: &impl std::os::fd::AsFd) -> io::Result<File> {
    standard.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn file_of(standard: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    standard.as_handle().try_clone_to_owned().map(File::from)
}
