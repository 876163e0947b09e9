//! Standard input and output.

use std::fs::File;
use std::io::{self, IoSlice, IsTerminal as _, Write as _};
use std::path::Path;

use crate::error::Error;
use crate::helm4;
use crate::read::stream::Stream;

/// All of standard input.
pub(crate) fn read() -> Result<Stream, Error> {
    if io::stdin().is_terminal() {
        return Err(Error::Usage(
            "standard input is a terminal: pipe a stream in, as in `helm template … | helm-postrender …` (see --help)"
                .to_owned(),
        ));
    }
    let read = file_of(&io::stdin()).and_then(|stdin| {
        let size = stdin.metadata().map_or(0, |metadata| metadata.len());
        // At least what a pipe holds at most, on Linux.
        let size = usize::try_from(size).unwrap_or_default().max(1 << 16);
        Stream::read(stdin, size)
    });
    read.map_err(|error| Error::Io(format!("standard input cannot be read: {error}")))
}

/// Whether nobody pipes a stream in: standard input is a terminal or a device such as /dev/null,
/// or is not there at all.
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

/// Writes parts of a stream, one behind the other.
pub(crate) fn write(parts: &[&[u8]]) -> Result<(), Error> {
    helm4::stream_starts();
    match write_all(parts) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Error::BrokenPipe),
        Err(error) => Err(Error::Io(format!(
            "standard output cannot be written, and is not complete: {error}"
        ))),
    }
}

/// With as few calls of the system as it takes: whoever reads a pipe is woken by each.
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

/// Whether a path leads to where standard output goes: a report there would be taken for part of
/// the stream, or take its place. Any terminal may have both.
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

#[cfg(not(unix))]
pub(crate) fn is_stdout(_: &Path) -> bool {
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
