//! The texts of files, directories and standard input.

use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes. `kubectl get nodes,pods -A -o json` of 5,000 nodes is half
/// of this.
const LARGEST: u64 = 512 << 20;

/// A text, and what messages call its file.
pub(super) struct InputText {
    pub(super) name: String,
    pub(super) text: String,
}

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

/// The name of a file or directory without its extension, as the name of the cluster that it describes.
pub(super) fn stem(path: &Path) -> Option<String> {
    if !path.is_file() && !path.is_dir() {
        return None;
    }
    // The name of `.` is that of the directory that it refers to.
    let path = path.canonicalize().ok()?;
    Some(path.file_stem()?.to_string_lossy().into_owned())
}

/// The texts of a path: a file; a directory, meaning its `.yaml`, `.yml` and `.json` files, sorted by
/// name; or `-`, which is standard input.
pub(super) fn read(path: &Path) -> Result<Vec<InputText>, InputError> {
    if !path.is_dir() || is_standard_input(path) {
        return Ok(vec![read_file(path)?]);
    }
    manifests_in(path)
        .map_err(|why| InputError {
            name: name(path),
            why,
        })?
        .iter()
        .map(|file| read_file(file))
        .collect()
}

/// The text of one file, or why it cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    match read_file(path) {
        Ok(input) => Ok(input.text),
        Err(InputError { name, why }) => Err(format!("cannot read {name}: {why}")),
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

fn read_file(path: &Path) -> Result<InputText, InputError> {
    match read_bytes(path).and_then(decode) {
        Ok(text) => Ok(InputText {
            name: name(path),
            text,
        }),
        Err(why) => Err(InputError {
            name: name(path),
            why,
        }),
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    if is_standard_input(path) {
        read_within_limit(std::io::stdin())
    } else {
        read_within_limit(File::open(path)?)
    }
}

fn read_within_limit(input: impl Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("it is larger than {} MiB", LARGEST >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// UTF-8 text, without the byte order mark that some editors write. PowerShell's `>` writes UTF-16.
fn decode(bytes: Vec<u8>) -> Result<String, Error> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::new(
            ErrorKind::InvalidData,
            "it is UTF-16: save it as UTF-8",
        ));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))?;
    match text.strip_prefix('\u{feff}') {
        Some(text) => Ok(text.to_owned()),
        None => Ok(text),
    }
}

fn manifests_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        path.is_file() && matches!(extension, Some("yaml" | "yml" | "json"))
    });
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_encodings_of_editors() {
        assert_eq!(
            decode(b"\xef\xbb\xbfkind: Node".to_vec()).unwrap(),
            "kind: Node"
        );
        for (bytes, error) in [
            (b"\xff\xfek\0".as_slice(), "it is UTF-16: save it as UTF-8"),
            (b"\xfe\xff\0k", "it is UTF-16: save it as UTF-8"),
            (b"\xe9", "it is not UTF-8"),
        ] {
            assert_eq!(decode(bytes.to_vec()).unwrap_err().to_string(), error);
        }
    }
}
