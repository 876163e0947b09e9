//! The text of a document outside its block scalars and comments, for documents that the parsers cannot
//! read: the remaining text may mean something to another reader.
//!
//! Lines are removed only if libyaml, and therefore Go, cannot interpret them in any other way. After a
//! line that may leave a quoted scalar open, nothing more is removed; after a line with a bracket, no
//! more block scalars are removed.

/// The lines of `document` that are neither a comment nor the content of a block scalar.
pub(crate) fn of_block_scalars(document: &[u8]) -> Vec<u8> {
    let mut lines = Lines::default();
    let mut outside = Vec::new();
    for line in document.split_inclusive(|byte| *byte == b'\n') {
        if lines.is_outside(line) {
            outside.extend_from_slice(line);
        }
    }
    outside
}

/// What the lines so far imply about the next one.
#[derive(Default)]
struct Lines {
    /// The block scalar that may continue.
    scalar: Option<BlockScalar>,
    may_be_quoted: bool,
    may_be_flow: bool,
}

struct BlockScalar {
    /// The column of its key.
    parent: usize,
    /// The column of its first line that is not blank.
    content: Option<usize>,
}

impl BlockScalar {
    fn contains(&mut self, line: &[u8]) -> bool {
        let column = column(line);
        let is_blank = line.trim_ascii().is_empty();
        is_blank || column > self.parent && column >= *self.content.get_or_insert(column)
    }
}

impl Lines {
    fn is_outside(&mut self, line: &[u8]) -> bool {
        if self.may_be_quoted || has_other_line_end(line) {
            self.may_be_quoted = true;
            return true;
        }
        if let Some(scalar) = &mut self.scalar {
            if scalar.contains(line) {
                return false;
            }
            self.scalar = None;
        }
        let text = line.trim_ascii();
        if text.starts_with(b"#") {
            return false;
        }
        let Some(entry) = Entry::of(line) else {
            let has = |bytes: &[u8]| text.iter().any(|byte| bytes.contains(byte));
            self.may_be_quoted = has(b"\"'");
            self.may_be_flow |= has(b"[]{}");
            return true;
        };
        // The type of an object may also be a block scalar.
        let is_type = ["kind", "apiVersion"]
            .iter()
            .any(|key| key.as_bytes() == entry.key);
        if !self.may_be_flow && !is_type && is_block_header(entry.value) {
            self.scalar = Some(BlockScalar {
                parent: entry.column,
                content: None,
            });
        }
        true
    }
}

/// A line with a key made of letters and a value that no other line can change.
struct Entry<'a> {
    column: usize,
    key: &'a [u8],
    value: &'a [u8],
}

impl<'a> Entry<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let mut rest = line.get(column(line)..)?;
        while let Some(item) = rest.strip_prefix(b"- ") {
            rest = item.get(column(item)..)?;
        }
        let at = line.len() - rest.len();
        let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"._/-".contains(byte);
        let colon = rest.iter().position(|byte| !is_of_key(byte))?;
        let is_key = rest.first().is_some_and(u8::is_ascii_alphanumeric);
        let (key, value) = rest.split_at_checked(colon)?;
        let value = value.strip_prefix(b":")?;
        let has_space = value.first().is_none_or(u8::is_ascii_whitespace);
        let value = value.trim_ascii();
        (is_key && has_space && is_certain(value)).then_some(Self {
            column: at,
            key,
            value,
        })
    }
}

/// Whether a value is a plain scalar, one in quotes that ends on its line, an empty collection, a
/// block scalar's header or nothing.
fn is_certain(value: &[u8]) -> bool {
    match value {
        [] | b"{}" | b"[]" => true,
        [first, ..] if first.is_ascii_alphanumeric() => true,
        [quote @ (b'"' | b'\''), content @ .., last] => {
            last == quote && !content.iter().any(|byte| [quote, &b'\\'].contains(&byte))
        }
        _ => is_block_header(value),
    }
}

/// Whether a value is `|` or `>`, with a chomping indicator and a comment or without.
fn is_block_header(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"|").or(value.strip_prefix(b">")) else {
        return false;
    };
    let rest = rest
        .strip_prefix(b"-")
        .or(rest.strip_prefix(b"+"))
        .unwrap_or(rest);
    rest.is_empty()
        || rest.first().is_some_and(u8::is_ascii_whitespace)
            && rest.trim_ascii_start().starts_with(b"#")
}

/// How many spaces a line starts with.
fn column(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

/// Whether a line has a line end that is not at its end: a carriage return, or one of YAML 1.1 only.
fn has_other_line_end(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.contains(&b'\r')
        || [&b"\xc2\x85"[..], b"\xe2\x80\xa8", b"\xe2\x80\xa9"]
            .iter()
            .any(|end| memchr::memmem::find(line, end).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_scalars_and_comments_are_left_out() {
        for (text, outside) in [
            ("a: |\n  in\n\n   in\nout\n", "a: |\nout\n"),
            (
                "- a: >- # note\n    in\n  out: 1\n",
                "- a: >- # note\n  out: 1\n",
            ),
            ("a: it's\nb: |+\n in\n", "a: it's\nb: |+\n"),
            ("a: 'b'\nc: |\n  in\n", "a: 'b'\nc: |\n"),
            ("# in\na: [1\n # in\n", "a: [1\n"),
        ] {
            assert_eq!(
                of_block_scalars(text.as_bytes()),
                outside.as_bytes(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_be_something_else_is_kept() {
        for text in [
            "\"a\": \"\n# out\nb: |\n  out\n",
            "a: 'b\nc: |\n  out\n",
            "a: \"b\\\"\nc: |\n  out\n",
            "{a: b\n- c: |\n  out\n",
            "a: &b |\n  out\n",
            "a: |2\n  out\n",
            "a: b # |\n  out\n",
            "a: |\r  b\r# out\rc: |\n  out\n",
            "a:|\n  out\n",
            "kind: >-\n  out\n",
        ] {
            assert_eq!(of_block_scalars(text.as_bytes()), text.as_bytes(), "{text}");
        }
        assert_eq!(of_block_scalars(b"a: |\n    in\n  out\n"), b"a: |\n  out\n");
    }
}
