//! What Helm pipes in: bytes, cut into documents.

use std::ops::Range;

use memchr::memmem;

/// A stream and where its documents lie. Together the documents are the whole stream, except
/// for blank ones.
pub struct Stream {
    bytes: Vec<u8>,
    documents: Vec<Range<usize>>,
}

/// A place in a stream, for people: all three start at 1, and a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Which of the documents that are not blank.
    pub document: usize,
    /// Line of the stream.
    pub line: usize,
    /// Column of the line.
    pub column: usize,
}

/// U+FEFF, which some editors put before the first document.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Stream {
    /// Cuts `bytes` at the lines that start with `---` (YAML 1.2, section 9.1.2: a marker stands at
    /// the start of a line, before white space), as Helm and kubectl do.
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut cuts = vec![0];
        cuts.extend(markers(&bytes, b"\n---"));
        cuts.push(bytes.len());
        let documents = ranges(&cuts)
            .filter(|range| !is_blank(bytes.get(range.clone()).unwrap_or_default()))
            .collect();
        Self { bytes, documents }
    }

    /// All of it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte ranges of the documents that are not blank.
    pub fn documents(&self) -> &[Range<usize>] {
        &self.documents
    }

    /// The bytes of document `index`, its `---` line included.
    pub fn document(&self, index: usize) -> &[u8] {
        let range = self.documents.get(index).cloned().unwrap_or_default();
        self.bytes.get(range).unwrap_or_default()
    }

    /// The document in which byte `at` stands.
    pub(crate) fn document_of(&self, at: usize) -> usize {
        self.documents.partition_point(|range| range.end <= at)
    }

    /// The first document that starts with the byte order mark of UTF-16, which Go's readers take.
    pub(crate) fn document_in_utf16(&self) -> Option<usize> {
        let is_utf16 = |range: &Range<usize>| {
            let document = self.bytes.get(range.clone()).unwrap_or_default();
            let text = match document.starts_with(b"---") {
                true => document.get(next_line(document, 0)..).unwrap_or_default(),
                false => document,
            };
            text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")
        };
        self.documents.iter().position(is_utf16)
    }

    /// Where byte `offset` of document `index` stands.
    pub fn place(&self, index: usize, offset: usize) -> Place {
        let start = self.documents.get(index).map_or(0, |range| range.start);
        let before = self.bytes.get(..start + offset).unwrap_or(&self.bytes);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = before.get(line_start..).unwrap_or_default();
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        Place {
            document: index + 1,
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(line).chars().count() + 1,
        }
    }
}

/// The parts of a document, cut behind its `...` lines. Of these Helm and kubectl read the first,
/// and drop the others without a word. Sources: kubernetes/apimachinery v0.35.1,
/// pkg/util/yaml/decoder.go; kubernetes-sigs/kustomize kyaml v0.21.1, kyaml/kio/byteio_reader.go.
pub(crate) fn parts(document: &[u8]) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    cuts.extend(markers(document, b"\n...").map(|end| next_line(document, end)));
    cuts.push(document.len());
    ranges(&cuts).filter(|range| !range.is_empty()).collect()
}

/// The part of a document that is read, behind a byte order mark.
pub(crate) fn read_part(document: &[u8]) -> &[u8] {
    let part = parts(document).into_iter().next();
    let part = part.and_then(|part| document.get(part)).unwrap_or_default();
    part.strip_prefix(BYTE_ORDER_MARK).unwrap_or(part)
}

fn ranges(cuts: &[usize]) -> impl Iterator<Item = Range<usize>> + '_ {
    cuts.windows(2)
        .filter_map(|cut| Some(*cut.first()?..*cut.last()?))
}

/// Where lines start that are a marker: `pattern` is a line feed and the marker.
fn markers<'a>(bytes: &'a [u8], pattern: &'static [u8]) -> impl Iterator<Item = usize> + 'a {
    let marker = pattern.get(1..).unwrap_or_default();
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = text.starts_with(marker).then_some(bytes.len() - text.len());
    let later = memmem::find_iter(bytes, pattern).map(|at| at + 1);
    first.into_iter().chain(later).filter(move |at| {
        let after = bytes.get(at + marker.len());
        after.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
    })
}

fn next_line(bytes: &[u8], from: usize) -> usize {
    let newline = memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default());
    newline.map_or(bytes.len(), |newline| from + newline + 1)
}

fn is_blank(document: &[u8]) -> bool {
    let text = document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document);
    let text = text.strip_prefix(b"---").unwrap_or(text);
    text.trim_ascii_start().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let stream = Stream::new(text.as_bytes().to_vec());
        let documents = stream.documents().iter();
        documents
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
    fn a_document_end_marker_ends_what_is_read() {
        for (text, read) in [
            ("a: 1\n...\nb: 2\n", "a: 1\n...\n"),
            ("a: 1\r\n... # end\r\nb: 2\r\n...", "a: 1\r\n... # end\r\n"),
            ("...\na: 1\n", "...\n"),
            ("a: '\n ...'\n", "a: '\n ...'\n"),
            ("a: 1\n....\n", "a: 1\n....\n"),
            ("", ""),
        ] {
            assert_eq!(read_part(text.as_bytes()), read.as_bytes());
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
