//! A text that was read, and how bytes become one.

use std::io::{Error, ErrorKind, Read};
use std::path::Path;

/// The largest file that is read, in bytes. `kubectl get nodes,pods -A -o json` of 5,000 nodes is half
/// of this.
const LARGEST: u64 = 512 << 20;

/// A text, and what messages call its file.
pub(super) struct InputText {
    pub(super) name: String,
    pub(super) text: String,
    /// Whether it is one of many that a tool has collected, so that a document that is not an object is
    /// nothing to mention.
    pub(super) collected: bool,
}

impl InputText {
    /// A text of its own.
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            collected: false,
        }
    }
}

pub(super) fn read_within_limit(input: impl Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("it is larger than {} MiB", LARGEST >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// UTF-8 text, without the byte order mark that some editors write. PowerShell's `>` writes UTF-16.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Error> {
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

/// Whether a file is a manifest, by its name.
pub(super) fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

/// Whether a file is a manifest that is compressed, by its name.
pub(super) fn is_compressed_manifest(path: &Path) -> bool {
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    is_compressed
        && path
            .file_stem()
            .is_some_and(|stem| is_manifest(stem.as_ref()))
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
