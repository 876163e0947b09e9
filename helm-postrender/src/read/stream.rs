//! The stream that Helm pipes in: bytes, split into documents.

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

/// How many bytes are read before they are searched: few enough to still be in the processor's cache,
/// so that they are not fetched from memory a second time.
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

    /// The byte of document `index` where Go starts to read it: after the line of its marker, unless
    /// that is kept, and after a byte order mark.
    pub(crate) fn content_start(&self, index: usize) -> usize {
        let document = self.document(index);
        let is_cut = document.strip_prefix(b"---").is_some_and(is_separator);
        if is_cut && self.keeps_marker(index) {
            0
        } else {
            content_start(document)
        }
    }

    /// Whether Go keeps the marker of document `index`, which parsers then read: at the start of the
    /// stream, and right after a marker that it drops.
    fn keeps_marker(&self, index: usize) -> bool {
        let start = self.documents.get(index).map_or(0, |range| range.start);
        let mut before = self.bytes.get(..start).unwrap_or_default();
        let mut markers = 0;
        while let Some(lines) = before.strip_suffix(b"\n") {
            let line = memchr::memrchr(b'\n', lines).map_or(0, |newline| newline + 1);
            let is_marker = lines
                .get(line..)
                .and_then(|line| line.strip_prefix(b"---"))
                .is_some_and(is_separator);
            if !is_marker {
                break;
            }
            markers += 1;
            before = before.get(..line).unwrap_or_default();
        }
        // A JSON document at the start is read by another decoder, which leaves the rest as a stream.
        let is_after_json = index == 1
            && String::from_utf8_lossy(before)
                .trim_start()
                .starts_with('{');
        let is_start = without_byte_order_mark(before).is_empty() || is_after_json;
        (markers % 2 == 0) == is_start
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

/// Cuts a stream at its markers, as Helm and kubectl do ([`is_marker`]).
#[derive(Default)]
struct Cutter {
    documents: Vec<Range<usize>>,
    mentions: Mentions,
    /// Start of the document whose end has not been found.
    start: usize,
    /// Everything before this byte has been searched for markers.
    searched: usize,
    /// How many bytes the last piece ended with.
    seen: usize,
}

impl Cutter {
    /// Cuts at the markers on complete lines, which later bytes cannot change.
    fn cut_before_the_end(&mut self, bytes: &[u8]) {
        let new = std::mem::replace(&mut self.seen, bytes.len());
        let Some(newline) = memchr::memrchr(b'\n', bytes.get(new..).unwrap_or_default()) else {
            return;
        };
        let newline = new + newline;
        let lines = bytes.get(..=newline).unwrap_or_default();
        for at in markers(lines, self.searched, b"\n---", is_marker) {
            self.cut(bytes, at);
        }
        // The marker after this line break is found with the next piece.
        self.searched = newline;
    }

    fn finish(mut self, bytes: Vec<u8>) -> Stream {
        for at in markers(&bytes, self.searched, b"\n---", is_marker).chain([bytes.len()]) {
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
    for marker in markers(document, 0, b"\n...", is_end_marker) {
        let end = next_line(document, marker);
        parts.push(start..end);
        start = end;
    }
    if start < document.len() {
        parts.push(start..document.len());
    }
    parts
}

/// The part of a document that Helm and kubectl read.
pub(crate) fn first_part(document: &[u8]) -> &[u8] {
    let end = markers(document, 0, b"\n...", is_end_marker)
        .next()
        .map_or(document.len(), |marker| next_line(document, marker));
    document
        .get(content_start(document)..end)
        .unwrap_or_default()
}

/// The byte of a document after the line of its marker and a byte order mark.
fn content_start(document: &[u8]) -> usize {
    let after_marker = document
        .strip_prefix(b"---")
        .filter(|rest| is_separator(rest))
        .map_or(0, |_| next_line(document, 0));
    let content = document.get(after_marker..).unwrap_or_default();
    document.len() - without_byte_order_mark(content).len()
}

/// Whether Go rejects a line of a document as a marker with content, after which older versions and
/// Helm's own splitter read another document.
pub(crate) fn has_invalid_marker(document: &[u8]) -> bool {
    markers(document, 0, b"\n---", |rest| !is_separator(rest)).any(|at| at > 0)
}

/// Whether a line that starts with `---` and has `rest` after it starts a document: for YAML, which
/// wants white space after it (YAML 1.2, section 9.1.2), or for Go.
fn is_marker(rest: &[u8]) -> bool {
    is_end_marker(rest) || is_separator(rest)
}

/// The same of a line that starts with `...`.
fn is_end_marker(rest: &[u8]) -> bool {
    matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether Go starts a document after a line with `---` and `rest`: it allows any white space of
/// Unicode, and a comment right after it. Sources: kubernetes/apimachinery v0.36.3,
/// pkg/util/yaml/decoder.go, `YAMLReader`; kyaml v0.21.1, kyaml/kio/byteio_reader.go, `splitDocuments`.
fn is_separator(rest: &[u8]) -> bool {
    let line = rest.get(..next_line(rest, 0)).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let text = line.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Where lines start, from byte `from` on, that are a marker: `pattern` is a line feed and the marker,
/// and `is_marker` is asked about what follows it.
fn markers<'a>(
    bytes: &'a [u8],
    from: usize,
    pattern: &'static [u8],
    is_marker: fn(&[u8]) -> bool,
) -> impl Iterator<Item = usize> + 'a {
    let marker = pattern.get(1..).unwrap_or_default();
    let text = without_byte_order_mark(bytes);
    let is_first = from == 0 && text.starts_with(marker);
    let first = is_first.then_some(bytes.len() - text.len());
    let rest = bytes.get(from..).unwrap_or_default();
    let later = memmem::find_iter(rest, pattern).map(move |at| from + at + 1);
    first
        .into_iter()
        .chain(later)
        .filter(move |at| is_marker(bytes.get(at + marker.len()..).unwrap_or_default()))
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
    let text = document.get(content_start(document)..).unwrap_or_default();
    // Helm's splitter skips white space before it.
    let text = text.trim_ascii_start();
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
        for marker in ["---#note\n", "---\u{a0}\n", "---\u{b}# note\r\n"] {
            let document = format!("{marker}b: 2\n");
            assert_eq!(cut(&format!("a: 1\n{document}")), ["a: 1\n", &document]);
        }
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
    fn content_starts_after_the_marker_and_a_byte_order_mark() {
        for (document, content) in [
            ("a: 1\n", "a: 1\n"),
            ("---\na: 1\n", "a: 1\n"),
            ("--- # note\r\n\u{feff}a: 1\n", "a: 1\n"),
            ("---#note\na: 1\n", "a: 1\n"),
            ("\u{feff}a: 1\n", "a: 1\n"),
            ("--- {a: 1}\n", "--- {a: 1}\n"),
            ("---", ""),
        ] {
            assert_eq!(first_part(document.as_bytes()), content.as_bytes());
        }
        assert!(has_invalid_marker(b"a: 1\n---b: 2\n"));
        assert!(!has_invalid_marker(b"--- {a: 1}\nb: ---\n"));
    }

    #[test]
    fn go_keeps_every_second_marker() {
        for (text, kept) in [
            ("---\na: 1\n---\nb: 2\n", &[true, false][..]),
            ("a: 1\n---\n---\nb: 2\n", &[false, true]),
            ("---\n---\na: 1\n---\n---\n--- # c\nb: 2\n", &[false, false]),
            ("\u{feff}---\na: 1\n", &[true]),
        ] {
            let stream = Stream::new(text.as_bytes().to_vec());
            let keeps = |index| {
                stream.content_start(index) == 0 && stream.document(index).starts_with(b"-")
            };
            let found: Vec<bool> = (0..stream.documents().len()).map(keeps).collect();
            assert_eq!(found, kept, "{text}");
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
