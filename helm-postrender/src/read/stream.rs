//! What Helm pipes in: bytes, cut into documents.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem;

use crate::read::mentions::Mentions;

/// A stream and the ranges of its documents. Together the documents are the whole stream, except
/// for blank ones.
pub struct Stream {
    bytes: Vec<u8>,
    documents: Vec<Range<usize>>,
    mentions: Mentions,
}

/// A place in a stream, as editors count: all three start at 1, and a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Number of the document, not counting blank ones.
    pub document: usize,
    /// Line of the stream.
    pub line: usize,
    /// Column of the line.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            line,
            column,
        } = self;
        write!(f, "document {document}, line {line}, column {column}")
    }
}

/// U+FEFF, which some editors put before the first document.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The characters that end a line in YAML 1.1 only, and so for the second parser and for Go.
pub(crate) const YAML_1_1_LINE_ENDS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// How many bytes are read before they are searched: what still is in the processor's cache by
/// then, so that it is not fetched from memory a second time.
const CHUNK: u64 = 1 << 18;

impl Stream {
    /// Reads to the end, into memory for `capacity` bytes and more if needed.
    pub fn read(mut from: impl Read, capacity: usize) -> io::Result<Self> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(capacity)?;
        let mut cutter = Cutter::default();
        while (&mut from).take(CHUNK).read_to_end(&mut bytes)? > 0 {
            cutter.cut_before_the_end(&bytes);
        }
        Ok(cutter.finish(bytes))
    }

    /// The stream of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Cutter::default().finish(bytes)
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte ranges of the documents that are not blank.
    pub fn documents(&self) -> &[Range<usize>] {
        &self.documents
    }

    /// Which documents are worth parsing.
    pub(crate) fn mentions(&self) -> &Mentions {
        &self.mentions
    }

    /// The bytes of document `index`, its `---` line included.
    pub fn document(&self, index: usize) -> &[u8] {
        let range = self.documents.get(index).cloned().unwrap_or_default();
        self.bytes.get(range).unwrap_or_default()
    }

    /// The first document that starts with the byte order mark of UTF-16, which Go's readers accept.
    pub(crate) fn document_in_utf16(&self) -> Option<usize> {
        (0..self.documents.len()).find(|index| is_utf16(self.document(*index)))
    }

    /// The place of byte `offset` of document `index`.
    pub fn place(&self, index: usize, offset: usize) -> Place {
        let start = self.documents.get(index).map_or(0, |range| range.start);
        let before = self.bytes.get(..start + offset).unwrap_or(&self.bytes);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = without_byte_order_mark(before.get(line_start..).unwrap_or_default());
        Place {
            document: index + 1,
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(line).chars().count() + 1,
        }
    }
}

/// Cuts a stream at the lines that start with `---` (YAML 1.2, section 9.1.2: a marker is at the
/// start of a line and followed by white space), as Helm and kubectl do.
#[derive(Default)]
struct Cutter {
    documents: Vec<Range<usize>>,
    mentions: Mentions,
    /// Start of the document whose end has not been found.
    start: usize,
    /// Everything before this byte has been searched for markers.
    searched: usize,
}

impl Cutter {
    /// Cuts at the markers that later bytes cannot change.
    fn cut_before_the_end(&mut self, bytes: &[u8]) {
        for at in markers(bytes, self.searched, b"\n---") {
            // The byte after it decides whether it is a marker.
            if at + 3 < bytes.len() {
                self.cut(bytes, at);
            }
        }
        self.searched = bytes.len().saturating_sub(4).max(self.searched);
    }

    fn finish(mut self, bytes: Vec<u8>) -> Stream {
        for at in markers(&bytes, self.searched, b"\n---").chain([bytes.len()]) {
            self.cut(&bytes, at);
        }
        Stream {
            bytes,
            documents: self.documents,
            mentions: self.mentions,
        }
    }

    fn cut(&mut self, bytes: &[u8], end: usize) {
        let range = std::mem::replace(&mut self.start, end)..end;
        let document = bytes.get(range.clone()).unwrap_or_default();
        if !is_blank(document) {
            self.mentions.note(self.documents.len(), document);
            self.documents.push(range);
        }
    }
}

/// The parts of a document, cut after its `...` lines. Helm and kubectl read the first and silently
/// drop the others. Sources: kubernetes/apimachinery v0.35.1, pkg/util/yaml/decoder.go;
/// kubernetes-sigs/kustomize kyaml v0.21.1, kyaml/kio/byteio_reader.go.
pub(crate) fn parts(document: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for marker in markers(document, 0, b"\n...") {
        let end = next_line(document, marker);
        parts.push(start..end);
        start = end;
    }
    if start < document.len() {
        parts.push(start..document.len());
    }
    parts
}

/// The part of a document that Helm and kubectl read, without a byte order mark.
pub(crate) fn first_part(document: &[u8]) -> &[u8] {
    let end = markers(document, 0, b"\n...")
        .next()
        .map_or(document.len(), |marker| next_line(document, marker));
    without_byte_order_mark(document.get(..end).unwrap_or_default())
}

/// Where lines start, from byte `from` on, that are a marker: `pattern` is a line feed and the marker.
fn markers<'a>(
    bytes: &'a [u8],
    from: usize,
    pattern: &'static [u8],
) -> impl Iterator<Item = usize> + 'a {
    let marker = pattern.get(1..).unwrap_or_default();
    let text = without_byte_order_mark(bytes);
    let is_first = from == 0 && text.starts_with(marker);
    let first = is_first.then_some(bytes.len() - text.len());
    let rest = bytes.get(from..).unwrap_or_default();
    let later = memmem::find_iter(rest, pattern).map(move |at| from + at + 1);
    first.into_iter().chain(later).filter(move |at| {
        let after = bytes.get(at + marker.len());
        after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    })
}

fn next_line(bytes: &[u8], from: usize) -> usize {
    let newline = memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default());
    newline.map_or(bytes.len(), |newline| from + newline + 1)
}

fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn is_blank(document: &[u8]) -> bool {
    let text = without_byte_order_mark(document);
    let text = text.strip_prefix(b"---").unwrap_or(text);
    text.trim_ascii_start().is_empty()
}

fn is_utf16(document: &[u8]) -> bool {
    let text = if document.starts_with(b"---") {
        document.get(next_line(document, 0)..).unwrap_or_default()
    } else {
        document
    };
    text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        Stream::new(text.as_bytes().to_vec())
            .documents()
            .iter()
            .map(|range| text[range.clone()].to_owned())
            .collect()
    }

    #[test]
    fn documents_start_at_markers() {
        assert_eq!(
            cut("---\na: 1\n---\nb: 2\n"),
            ["---\na: 1\n", "---\nb: 2\n"]
        );
        assert_eq!(
            cut("a: 1\n--- # note\nb: 2"),
            ["a: 1\n", "--- # note\nb: 2"]
        );
        assert_eq!(
            cut("a: 1\r\n---\r\nb: 2\r\n"),
            ["a: 1\r\n", "---\r\nb: 2\r\n"]
        );
        assert_eq!(cut("\u{feff}---\na: 1\n"), ["---\na: 1\n"]);
        assert_eq!(cut("\u{feff}a: 1\n"), ["\u{feff}a: 1\n"]);
        assert_eq!(cut("--- {a: 1}\n---\t\n--- "), ["--- {a: 1}\n"]);
    }

    #[test]
    fn pieces_are_cut_as_the_whole() {
        let edge = usize::try_from(CHUNK).unwrap();
        let ends = ["---", "---x", "--- a: 1", "---\r\nb: 2\n", "--", "a: 1"];
        for (end, before) in ends.iter().flat_map(|end| (0..8).map(move |n| (end, n))) {
            for start in ["", "---\n", "\u{feff}---\n", "---\nb: 2\n---\n"] {
                let padding = edge - before - start.len() - "a: \n".len();
                let text = format!("{start}a: {}\n{end}", "x".repeat(padding));
                for text in [text.clone(), format!("{text}\n---\nc: 3\n{text}")] {
                    let read = Stream::read(text.as_bytes(), 0).unwrap();
                    let whole = Stream::new(text.clone().into_bytes());
                    assert_eq!(
                        read.documents(),
                        whole.documents(),
                        "{start} {end} {before}"
                    );
                    assert_eq!(read.bytes(), text.as_bytes());
                }
            }
        }
    }

    #[test]
    fn what_memory_does_not_hold_is_an_error() {
        assert!(Stream::read(&b"a: 1"[..], usize::MAX).is_err());
    }

    #[test]
    fn a_document_end_marker_ends_what_is_read() {
        for (text, read) in [
            ("a: 1\n...\nb: 2\n", "a: 1\n...\n"),
            ("a: 1\r\n... # end\r\nb: 2\r\n...", "a: 1\r\n... # end\r\n"),
            ("...\na: 1\n", "...\n"),
            ("a: '\n ...'\n", "a: '\n ...'\n"),
            ("a: 1\n....\n", "a: 1\n....\n"),
            ("", ""),
        ] {
            assert_eq!(first_part(text.as_bytes()), read.as_bytes());
            assert_eq!(cut(text).concat(), text);
        }
    }

    #[test]
    fn what_only_looks_like_a_marker() {
        for text in [
            "a: |\n  ---\n  b\n",
            "a: b\n---x\n",
            "a: '\n ...'\n",
            "a: ----\n",
        ] {
            assert_eq!(cut(text), [text]);
        }
        assert_eq!(cut("").len(), 0);
        assert_eq!(cut("\n---\n\n---\n").len(), 0);
        assert_eq!(cut("---\n# HIDDEN\n---\na: 1\n").len(), 2);
    }

    #[test]
    fn places_are_for_people() {
        let stream = Stream::new(b"---\nx: 1\n---\n\xc3\xa9: here\n".to_vec());
        let place = stream.place(1, 8);
        assert_eq!((place.document, place.line, place.column), (2, 4, 4));
    }
}
