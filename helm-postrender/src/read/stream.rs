//! The stream that Helm pipes in: bytes, split into documents.

use std::io::{self, Read};
use std::ops::Range;

use crate::read::markers::{
    content_start, is_blank, is_marker, is_separator, is_utf16, markers, without_byte_order_mark,
};
use crate::read::mentions::Mentions;
use crate::read::place::Place;

/// A stream and the ranges of its documents. Together the documents are the whole stream, except
/// for blank ones.
pub struct Stream {
    bytes: Vec<u8>,
    documents: Vec<Range<usize>>,
    mentions: Mentions,
}

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

/// Cuts a stream at its markers, as Helm and kubectl do ([`markers`]).
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
