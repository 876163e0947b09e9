//! The manifests in a compressed archive, such as that of `calicoctl cluster diags`, or in a compressed
//! file. Nothing is written to disk, so the paths and links in an archive are only names.

use std::io::{Error, ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use tar::Archive;

use super::input_text::{InputText, decode, is_manifest, read_within_limit};

/// How many bytes an archive may unpack to, most of which are logs that are not kept.
const UNPACKED: u64 = 4 << 30;

/// How many bytes of manifests an archive may have.
const MANIFESTS: usize = 512 << 20;

/// How many entries an archive may have.
const ENTRIES: usize = 100_000;

/// Where a tar archive has its name, and the name.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Whether bytes are compressed with gzip.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The text of a compressed file, or the manifests of a compressed archive, named by their paths in it.
pub(super) fn unpack(name: &str, bytes: &[u8]) -> Result<Vec<InputText>, Error> {
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut block = Vec::new();
    (&mut decoder).take(512).read_to_end(&mut block)?;
    let (at, magic) = MAGIC;
    let is_tar = block.get(at..).is_some_and(|rest| rest.starts_with(magic));
    // An archive ends with empty blocks.
    if block.len() == 512 && block.iter().all(|byte| *byte == 0) {
        return Err(Error::new(ErrorKind::InvalidData, "the archive is empty"));
    }
    let rest = block.chain(decoder);
    if is_tar {
        return manifests(name, rest);
    }
    Ok(vec![InputText {
        name: name.to_owned(),
        text: decode(read_within_limit(rest)?)?,
        collected: false,
    }])
}

fn manifests(name: &str, unpacked: impl Read) -> Result<Vec<InputText>, Error> {
    let mut texts = Vec::new();
    let mut size = 0;
    let mut archive = Archive::new(Limited {
        inner: unpacked,
        left: UNPACKED,
    });
    for (number, entry) in archive.entries()?.enumerate() {
        if number >= ENTRIES {
            return Err(too_large(&format!("it has more than {ENTRIES} entries")));
        }
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || !is_manifest(path.as_ref()) {
            continue;
        }
        let mut bytes = Vec::new();
        // One byte more than allowed shows that an entry is too large.
        let most = u64::try_from(MANIFESTS - size).unwrap_or(u64::MAX);
        (&mut entry).take(most + 1).read_to_end(&mut bytes)?;
        size += bytes.len();
        if size > MANIFESTS {
            let limit = MANIFESTS >> 20;
            return Err(too_large(&format!(
                "its manifests have more than {limit} MiB"
            )));
        }
        // What kubectl collects is UTF-8; the output of other commands need not be.
        if let Ok(text) = decode(bytes) {
            texts.push(InputText {
                name: format!("{name}:{path}"),
                text,
                collected: true,
            });
        }
    }
    Ok(texts)
}

/// A reader that fails after a number of bytes.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| too_large(&format!("it unpacks to more than {} GiB", UNPACKED >> 30)))?;
        Ok(read)
    }
}

fn too_large(why: &str) -> Error {
    Error::new(ErrorKind::FileTooLarge, why)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, EntryType, Header};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// An archive with entries of any path, which tar's own builder refuses.
    fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (path, kind, bytes) in entries {
            let mut header = Header::new_ustar();
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        }
        gzip(&builder.into_inner().unwrap())
    }

    #[test]
    fn only_the_manifests_of_an_archive_are_read() {
        let archive = archive(&[
            ("d/cluster/nodes.yaml", EntryType::Regular, b"kind: Node"),
            ("d/cluster/nodes.txt", EntryType::Regular, b"NAME"),
            ("d/links/nodes.yaml", EntryType::Symlink, b""),
            ("d/binary.yaml", EntryType::Regular, b"\xff\xfe"),
            ("../../etc/cron.yaml", EntryType::Regular, b"kind: Pod"),
        ]);
        let texts = unpack("diags.tar.gz", &archive).unwrap();
        let texts: Vec<_> = texts
            .iter()
            .map(|it| (it.name.as_str(), it.text.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                ("diags.tar.gz:d/cluster/nodes.yaml", "kind: Node"),
                ("diags.tar.gz:../../etc/cron.yaml", "kind: Pod"),
            ]
        );
    }

    #[test]
    fn a_compressed_file_is_one_text() {
        let texts = unpack("cluster.yaml.gz", &gzip(b"kind: Node")).unwrap();
        assert_eq!(texts[0].text, "kind: Node");
    }

    #[test]
    fn an_empty_archive_says_so() {
        let error = unpack("empty.tar.gz", &archive(&[])).err().unwrap();
        assert_eq!(error.to_string(), "the archive is empty");
    }

    #[test]
    fn what_is_cut_off_or_no_archive_fails() {
        let whole = archive(&[("nodes.yaml", EntryType::Regular, &[b' '; 4096])]);
        let half = &whole[..whole.len() / 2];
        assert!(unpack("half.tar.gz", half).is_err());
    }

    #[test]
    fn an_archive_unpacks_to_a_limited_size() {
        let mut limited = Limited {
            inner: std::io::repeat(0),
            left: 1000,
        };
        let error = std::io::copy(&mut limited, &mut std::io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "it unpacks to more than 4 GiB");
    }
}
