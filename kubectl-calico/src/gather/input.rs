//! The texts of files, directories and standard input.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::archive;
use super::input_text::{
    InputText, decode, is_compressed_manifest, is_manifest, read_within_limit,
};

/// Why a file or directory cannot be read.
pub(super) struct InputError {
    pub(super) name: String,
    pub(super) why: Error,
}

/// What messages call a path that was given with `-f`.
pub(super) fn name(path: &Path) -> String {
    if is_standard_input(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// What the name of a file may end with, for its format or its compression.
const EXTENSIONS: [&str; 7] = [".yaml", ".yml", ".json", ".txt", ".gz", ".tgz", ".tar"];

/// The name of a directory, or of a file without its extensions, as the name of the cluster that it describes.
pub(super) fn stem(path: &Path) -> Option<String> {
    if !path.is_file() && !path.is_dir() {
        return None;
    }
    // The name of `.` is that of the directory that it refers to.
    let path = path.canonicalize().ok()?;
    let name = path.file_name()?.to_string_lossy();
    let mut stem = name.as_ref();
    if path.is_file() {
        // A file may have several: `.tar.gz`.
        while let Some(shorter) = without_extension(stem) {
            stem = shorter;
        }
    }
    Some(stem.to_owned())
}

fn without_extension(name: &str) -> Option<&str> {
    let mut shorter = EXTENSIONS.iter().filter_map(|end| name.strip_suffix(end));
    shorter.find(|shorter| !shorter.is_empty())
}

/// The texts of a path: a file, perhaps compressed; the manifests of an archive; a directory, meaning its
/// `.yaml`, `.yml` and `.json` files, which may be compressed (`.yaml.gz`), sorted by name, or, if it has none, those of its subdirectories; or
/// `-`, which is standard input.
pub(super) fn read(path: &Path) -> Result<Vec<InputText>, InputError> {
    if !path.is_dir() || is_standard_input(path) {
        return read_file(path);
    }
    let failed = |why| InputError {
        name: name(path),
        why,
    };
    let own = manifests_in(path).map_err(failed)?;
    let collected = own.is_empty();
    let files = if collected {
        let mut below = Vec::new();
        manifests_below(path, 0, &mut below).map_err(failed)?;
        below
    } else {
        own
    };
    let mut texts = Vec::new();
    for file in files {
        for mut text in read_file(&file)? {
            text.collected |= collected;
            texts.push(text);
        }
    }
    Ok(texts)
}

/// The text of one file, or why it cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    match read_bytes(path).and_then(decode) {
        Ok(text) => Ok(text),
        Err(why) => Err(format!("cannot read {}: {why}", name(path))),
    }
}

/// The files that a path stands for; none for standard input.
pub(super) fn files_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if is_standard_input(path) {
        Ok(Vec::new())
    } else if path.is_dir() {
        manifests_in(path)
    } else {
        Ok(vec![path.to_owned()])
    }
}

fn read_file(path: &Path) -> Result<Vec<InputText>, InputError> {
    let name = name(path);
    let texts = read_bytes(path).and_then(|bytes| {
        if archive::is_gzip(&bytes) {
            return archive::unpack(&name, &bytes);
        }
        Ok(vec![InputText {
            name: name.clone(),
            text: decode(bytes)?,
            collected: false,
        }])
    });
    texts.map_err(|why| InputError { name, why })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    if is_standard_input(path) {
        read_within_limit(std::io::stdin())
    } else {
        read_within_limit(File::open(path)?)
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn manifests_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.is_file() && (is_manifest(path) || is_compressed_manifest(path)));
    paths.sort();
    Ok(paths)
}

/// How many directories deep, and how many files, a directory is read: `must-gather` has six levels.
const DEPTH: usize = 16;
const FILES: usize = 100_000;

/// The manifests in the subdirectories, without following links.
fn manifests_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && depth < DEPTH {
            manifests_below(&path, depth + 1, found)?;
        } else if kind.is_file() && (is_manifest(&path) || is_compressed_manifest(&path)) {
            found.push(path);
        }
        if found.len() > FILES {
            let message = format!("it has more than {FILES} manifests");
            return Err(Error::new(ErrorKind::FileTooLarge, message));
        }
    }
    Ok(())
}
