//! The difference that a run makes, as a unified diff with the stream's own line numbers.

use std::fmt::Write as _;

use calico_core::text::printable;
use similar::{ChangeTag, DiffOp, TextDiff};

/// Lines of context around a change, as diff(1) has.
const CONTEXT: usize = 3;

/// The difference between two versions of a document that starts at line `first` (from 1) of
/// both streams. Empty where there is none. Control characters are shown, not obeyed; a carriage
/// return at the end of a line stays.
pub(crate) fn unified(before: &str, after: &str, first: usize) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for group in diff.grouped_ops(CONTEXT) {
        if text.is_empty() {
            text.push_str("--- stream\n+++ stream, after helm-postrender\n");
        }
        let (old, new) = (
            range(&group, DiffOp::old_range),
            range(&group, DiffOp::new_range),
        );
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "@@ -{},{} +{},{} @@",
            first + old.start,
            old.len(),
            first + new.start,
            new.len()
        );
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = change.value();
            let end = line.len() - line.trim_end_matches(['\r', '\n']).len();
            let (line, end) = line.split_at(line.len() - end);
            let shown: Vec<String> = line.split('\t').map(printable).collect();
            let _ = write!(text, "{sign}{}{end}", shown.join("\t"));
            if !end.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

fn range(
    group: &[DiffOp],
    side: impl Fn(&DiffOp) -> std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    let start = group.first().map_or(0, |op| side(op).start);
    let end = group.last().map_or(0, |op| side(op).end);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_numbers_are_the_streams() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = "a\nb\nc\nd\nX\ne\nf\ng\n";
        assert_eq!(
            unified(before, after, 100),
            "--- stream\n+++ stream, after helm-postrender\n@@ -101,6 +101,7 @@\n b\n c\n d\n+X\n e\n f\n g\n"
        );
        assert_eq!(unified(before, before, 1), "");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let shown = unified("a\u{1b}[2J\r\n", "b\tc\r\n", 1);
        assert!(shown.contains("-a\\u{1b}[2J\r\n+b\tc\r\n"), "{shown:?}");
    }
}
