//! The file of a report. It is made ready before the stream goes out, so that a report that cannot
//! be written stops the run in time, and put into place behind it, so that it is there only when
//! what it tells has happened.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use calico_core::text::quoted;
use tempfile::NamedTempFile;

use crate::error::Error;

/// A report that is ready.
pub(crate) struct ReportFile<'a> {
    path: &'a Path,
    place: Place,
}

enum Place {
    /// A file beside the path that holds the report, to be moved there: nobody reads half of one.
    Beside(NamedTempFile),
    /// What the path leads to, and the report, to be written there as it is: a link is never
    /// replaced, and nothing takes the place of a pipe or a device.
    Open(File, String),
}

impl<'a> ReportFile<'a> {
    /// Makes a report ready.
    pub(crate) fn ready(path: &'a Path, report: &serde_json::Value) -> Result<Self, Error> {
        let text = format!("{report:#}\n");
        let is_link = path.symlink_metadata().is_ok_and(|file| file.is_symlink());
        let is_other = path.metadata().is_ok_and(|file| !file.is_file());
        let place = if is_link || is_other {
            // What is there stays until the report takes its place.
            let mut options = OpenOptions::new();
            let options = options.write(true).create(true).truncate(false);
            options.open(path).map(|file| Place::Open(file, text))
        } else {
            beside(path, &text).map(Place::Beside)
        };
        match place {
            Ok(place) => Ok(Self { path, place }),
            Err(error) => Err(cannot(path, &error)),
        }
    }

    /// Puts it into place.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let published = match self.place {
            Place::Beside(file) => file.persist(self.path).map(drop).map_err(Into::into),
            Place::Open(file, text) => overwrite(file, &text),
        };
        published.map_err(|error| cannot(self.path, &error))
    }
}

fn cannot(path: &Path, error: &io::Error) -> Error {
    Error::Io(format!(
        "--report {}: the report cannot be written: {error}",
        quoted(path.as_os_str().as_encoded_bytes())
    ))
}

fn beside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = readable(&mut tempfile::Builder::new()).tempfile_in(folder)?;
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
