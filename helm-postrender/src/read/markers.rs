//! The lines that separate documents, as YAML, Helm and kubectl read them.

use std::ops::Range;

use memchr::memmem;

/// U+FEFF, which some editors put before the first document.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The characters that end a line in YAML 1.1 only, and so for the second parser and for Go.
pub(crate) const YAML_1_1_LINE_ENDS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

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
pub(super) fn content_start(document: &[u8]) -> usize {
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
pub(super) fn is_marker(rest: &[u8]) -> bool {
    is_end_marker(rest) || is_separator(rest)
}

/// The same of a line that starts with `...`.
fn is_end_marker(rest: &[u8]) -> bool {
    matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether Go starts a document after a line with `---` and `rest`: it allows any white space of
/// Unicode, and a comment right after it. Sources: kubernetes/apimachinery v0.36.3,
/// pkg/util/yaml/decoder.go, `YAMLReader`; kyaml v0.21.1, kyaml/kio/byteio_reader.go, `splitDocuments`.
pub(super) fn is_separator(rest: &[u8]) -> bool {
    let line = rest.get(..next_line(rest, 0)).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let text = line.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Where lines start, from byte `from` on, that are a marker: `pattern` is a line feed and the marker,
/// and `is_marker` is asked about what follows it.
pub(super) fn markers<'a>(
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

pub(super) fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

pub(super) fn is_blank(document: &[u8]) -> bool {
    let text = without_byte_order_mark(document);
    let text = text.strip_prefix(b"---").unwrap_or(text);
    text.trim_ascii_start().is_empty()
}

pub(super) fn is_utf16(document: &[u8]) -> bool {
    let text = document.get(content_start(document)..).unwrap_or_default();
    // Helm's splitter skips white space before it.
    let text = text.trim_ascii_start();
    text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
