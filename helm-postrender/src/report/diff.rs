//! A unified diff of what a run changes, with the line numbers of the stream.

use std::fmt::Write as _;
use std::ops::Range;

use calico_core::text::printable;
use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

/// Lines of context around a change, as in diff(1).
const CONTEXT: u32 = 3;

/// The difference between two versions of a document that starts at line `first` (from 1) of both
/// streams; empty if they are equal. Control characters are escaped, except for a carriage return at
/// the end of a line.
pub(crate) fn unified(before: &str, after: &str, first: usize) -> String {
    let input = InternedInput::new(before, after);
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let lines = u32::try_from(input.before.len()).unwrap_or(u32::MAX);
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.split_inclusive('\n').collect(),
        after.split_inclusive('\n').collect(),
    );
    let mut text = String::new();
    // imara-diff 0.2 prints unified diffs, too, but with a wrong first line if the first change is
    // close to the top.
    for group in groups(diff.hunks()) {
        let (Some(head), Some(tail)) = (group.first(), group.last()) else {
            continue;
        };
        if text.is_empty() {
            text.push_str("--- stream\n+++ stream, after helm-postrender\n");
        }
        let lead = head.before.start.min(CONTEXT);
        let trail = (lines - tail.before.end).min(CONTEXT);
        let side = |from: u32, to: u32| (from - lead, to + trail + lead - from);
        let (old, old_length) = side(head.before.start, tail.before.end);
        let (new, new_length) = side(head.after.start, tail.after.end);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "@@ -{},{old_length} +{},{new_length} @@",
            first + old as usize,
            first + new as usize,
        );
        let mut at = old;
        for hunk in &group {
            write_lines(&mut text, ' ', &before, at..hunk.before.start);
            write_lines(&mut text, '-', &before, hunk.before.clone());
            write_lines(&mut text, '+', &after, hunk.after.clone());
            at = hunk.before.end;
        }
        write_lines(&mut text, ' ', &before, at..at + trail);
    }
    text
}

/// Groups the hunks whose context would touch.
fn groups(hunks: impl Iterator<Item = Hunk>) -> Vec<Vec<Hunk>> {
    let mut groups: Vec<Vec<Hunk>> = Vec::new();
    for hunk in hunks {
        match groups.last_mut() {
            Some(group) if is_near(group, &hunk) => group.push(hunk),
            _ => groups.push(vec![hunk]),
        }
    }
    groups
}

fn is_near(group: &[Hunk], next: &Hunk) -> bool {
    group
        .last()
        .is_some_and(|last| next.before.start - last.before.end <= 2 * CONTEXT)
}

fn write_lines(text: &mut String, sign: char, lines: &[&str], range: Range<u32>) {
    let range = range.start as usize..range.end as usize;
    for line in lines.get(range).unwrap_or_default() {
        let content = line.trim_end_matches(['\r', '\n']);
        let end = line.get(content.len()..).unwrap_or_default();
        let shown: Vec<String> = content.split('\t').map(printable).collect();
        text.push(sign);
        text.push_str(&shown.join("\t"));
        text.push_str(end);
        if !end.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_numbers_are_those_of_the_stream() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = "a\nb\nc\nd\nX\ne\nf\ng\n";
        assert_eq!(
            unified(before, after, 100),
            "--- stream\n+++ stream, after helm-postrender\n@@ -101,6 +101,7 @@\n b\n c\n d\n+X\n e\n f\n g\n"
        );
        assert_eq!(unified(before, before, 1), "");
    }

    #[test]
    fn distant_changes_have_separate_headers() {
        let before: String = (0..40).map(|line| format!("{line}\n")).collect();
        let after = before.replace("5\n", "x\n");
        let shown = unified(&before, &after, 1);
        let headers: Vec<&str> = shown
            .lines()
            .filter(|line| line.starts_with("@@"))
            .collect();
        assert_eq!(
            headers,
            [
                "@@ -3,7 +3,7 @@",
                "@@ -13,7 +13,7 @@",
                "@@ -23,7 +23,7 @@",
                "@@ -33,7 +33,7 @@"
            ]
        );
        assert!(shown.ends_with(" 36\n 37\n 38\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped() {
        let shown = unified("a\u{1b}[2J\r\n", "b\tc\r\n", 1);
        assert!(shown.contains("-a\\u{1b}[2J\r\n+b\tc\r\n"), "{shown:?}");
    }
}
