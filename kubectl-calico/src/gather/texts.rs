//! The texts of the files, folders and of the standard input that somebody names.

use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Each file with its text: a folder stands for its `.yaml`, `.yml` and `.json` files in the order
/// of their names, `-` for standard input.
pub(super) fn texts(path: &Path) -> Result<Vec<(PathBuf, String)>, (PathBuf, Error)> {
    let of = |path: PathBuf, bytes: Result<Vec<u8>, Error>| match bytes.and_then(text) {
        Ok(text) => Ok((path, text)),
        Err(why) => Err((path, why)),
    };
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        return Ok(vec![of(path.to_owned(), read.map(|_| bytes))?]);
    }
    if !path.is_dir() {
        return Ok(vec![of(path.to_owned(), std::fs::read(path))?]);
    }
    let files = manifests_in(path).map_err(|why| (path.to_owned(), why))?;
    let files = files.into_iter().map(|file| {
        let bytes = std::fs::read(&file);
        of(file, bytes)
    });
    files.collect()
}

/// Without the mark that some editors put in front of UTF-8. PowerShell's `>` writes UTF-16.
fn text(bytes: Vec<u8>) -> Result<String, Error> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidData, what);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong("it is UTF-16: save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
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
    use super::text;

    #[test]
    fn the_encodings_of_editors() {
        assert_eq!(
            text(b"\xef\xbb\xbfkind: Node".to_vec()).unwrap(),
            "kind: Node"
        );
        for (bytes, said) in [
            (b"\xff\xfek\0".as_slice(), "it is UTF-16: save it as UTF-8"),
            (b"\xfe\xff\0k", "it is UTF-16: save it as UTF-8"),
            (b"\xe9", "it is not UTF-8"),
        ] {
            assert_eq!(text(bytes.to_vec()).unwrap_err().to_string(), said);
        }
    }
}
