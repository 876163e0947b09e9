//! Which files are snapshots, each of a cluster of its own.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::archive;
use super::input;
use super::snapshot_header;

/// How much of a file is read to recognize a snapshot, in bytes: its first document is shorter, unless hardly
/// anything could be read.
const BEGINNING: u64 = 64 << 10;

/// The files, if they are snapshots of several clusters; `None` if they describe one. A directory stands for
/// its `.yaml`, `.yml` and `.json` files.
pub fn snapshot_files(paths: &[PathBuf]) -> Result<Option<Vec<PathBuf>>, String> {
    let mut files = Vec::new();
    for path in paths {
        // What cannot be listed is reported when it is read.
        files.extend(input::files_of(path).unwrap_or_default());
    }
    let (snapshots, others): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().partition(|file| is_snapshot(file));
    match (snapshots.len(), others.first()) {
        (0 | 1, _) => Ok(None),
        (_, None) => Ok(Some(snapshots)),
        (many, Some(other)) => Err(format!(
            "{many} of the files are snapshots, each of a cluster of its own, but {} is not: give only snapshots, or \
             the files of one cluster",
            other.display()
        )),
    }
}

fn beginning(file: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(BEGINNING).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_snapshot(file: &Path) -> bool {
    // What is in a pipe can be read only once, and opening one may never return.
    if !file.is_file() {
        return false;
    }
    let Ok(mut bytes) = File::open(file).and_then(beginning) else {
        return false;
    };
    if archive::is_gzip(&bytes) {
        // The rest is missing, so what follows the beginning cannot be unpacked.
        let mut unpacked = Vec::new();
        let _ = MultiGzDecoder::new(bytes.as_slice())
            .take(BEGINNING)
            .read_to_end(&mut unpacked);
        bytes = unpacked;
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let text = text.strip_prefix("---").unwrap_or(text);
    let first = text.split("\n---").next().unwrap_or_default();
    first.contains(snapshot_header::GROUP) && first.contains("Snapshot")
}
