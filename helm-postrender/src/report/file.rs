//! The file of a report. It is prepared before the stream is written, so that a report that cannot be
//! written stops the run in time. It is published after the stream, so that it exists only once what
//! it reports has happened.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use calico_core::text::quoted;
use tempfile::NamedTempFile;

use crate::error::Error;
use crate::interrupt;

/// A prepared report.
pub(crate) struct ReportFile<'a> {
    path: &'a Path,
    destination: Destination,
}

enum Destination {
    /// A file next to the path that contains the report, to be moved there: no program ever reads an
    /// incomplete report.
    Next(NamedTempFile),
    /// The target of the path, and the report to be written into it: a link, a pipe or a device is
    /// not replaced.
    Open(File, String),
}

impl<'a> ReportFile<'a> {
    /// Prepares a report.
    pub(crate) fn prepare(path: &'a Path, report: &serde_json::Value) -> Result<Self, Error> {
        let text = format!("{report:#}\n");
        let is_link = path.symlink_metadata().is_ok_and(|file| file.is_symlink());
        let is_special = path.metadata().is_ok_and(|file| !file.is_file());
        let destination = if is_link || is_special {
            // The old content stays until the report is published.
            OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map(|file| Destination::Open(file, text))
        } else {
            write_next_to(path, &text).map(Destination::Next)
        };
        match destination {
            Ok(destination) => Ok(Self { path, destination }),
            Err(error) => Err(cannot_write(path, &error)),
        }
    }

    /// Moves or writes the report to its path.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let published = match self.destination {
            Destination::Next(file) => file.persist(self.path).map(drop).map_err(Into::into),
            Destination::Open(file, text) => overwrite(file, &text),
        };
        published.map_err(|error| cannot_write(self.path, &error))
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::Io(format!(
        "--report {}: the report cannot be written: {error}",
        quoted(path.as_os_str().as_encoded_bytes())
    ))
}

fn write_next_to(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file =
        interrupt::create(|| readable(&mut tempfile::Builder::new()).tempfile_in(folder))?;
    if let Ok(old) = path.metadata() {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    Ok(file)
}

fn overwrite(mut file: File, text: &str) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    file.write_all(text.as_bytes())
}

/// A report is not secret: it gets the default permissions of a new file.
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
