//! An output as a page shows it. A line `…` stands for any number of lines, and `…` in a line for any text.

const ELISION: &str = "…";

/// Whether an output is what the page shows.
pub(super) fn is_as_shown(shown: &str, actual: &str) -> bool {
    let shown: Vec<&str> = shown.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    matches(&shown, &actual)
}

fn matches(shown: &[&str], actual: &[&str]) -> bool {
    match shown.split_first() {
        None => actual.is_empty(),
        Some((&ELISION, rest)) => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, following)| is_line(first, line) && matches(rest, following)),
    }
}

fn is_line(shown: &str, mut actual: &str) -> bool {
    let Some((start, rest)) = shown.split_once(ELISION) else {
        return shown == actual;
    };
    let Some(after) = actual.strip_prefix(start) else {
        return false;
    };
    actual = after;
    let mut parts: Vec<&str> = rest.split(ELISION).collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = actual.split_once(part) else {
            return false;
        };
        actual = after;
    }
    actual.ends_with(end)
}

/// What the page is to show of an output: what it elided stays elided where the lines around it are still there.
pub(super) fn rewritten(shown: &str, actual: &str) -> String {
    let actual: Vec<&str> = actual.lines().collect();
    let shown: Vec<&str> = shown.lines().collect();
    let mut written: Vec<&str> = Vec::new();
    let mut at = 0;
    let mut stretches = shown.split(|line| *line == ELISION).peekable();
    let mut is_first = true;
    while let Some(stretch) = stretches.next() {
        if !is_first {
            // The elided lines end where the next stretch begins.
            let found = stretch
                .first()
                .and_then(|first| position(&actual, at, first));
            match (found, stretch.is_empty()) {
                (Some(start), _) => {
                    written.push(ELISION);
                    at = start;
                }
                (None, true) => {
                    written.push(ELISION);
                    at = actual.len();
                }
                (None, false) => {}
            }
        }
        is_first = false;
        let is_last = stretches.peek().is_none();
        let end = if is_last {
            actual.len()
        } else {
            stretch.last().map_or(at, |last| {
                position(&actual, at, last).map_or_else(
                    || actual.len().min(at + stretch.len()),
                    |position| position + 1,
                )
            })
        };
        for line in &actual[at..end] {
            let as_shown = stretch.iter().find(|shown| is_line(shown, line));
            written.push(as_shown.unwrap_or(line));
        }
        at = end;
    }
    written.iter().map(|line| format!("{line}\n")).collect()
}

fn position(actual: &[&str], from: usize, shown: &str) -> Option<usize> {
    let found = actual[from..]
        .iter()
        .position(|line| is_line(shown, line))?;
    Some(from + found)
}

#[test]
fn elisions_match_any_text() {
    assert!(is_as_shown("a\n…\nd\n", "a\nb\nc\nd\n"));
    assert!(is_as_shown("a\n…\n", "a\n"));
    assert!(is_as_shown("at … (…)\n", "at 12:00 (UTC)\n"));
    assert!(!is_as_shown("a\n…\nd\n", "a\nb\n"));
    assert!(!is_as_shown("at … (…)\n", "at 12:00\n"));
    assert!(!is_as_shown("a\n", "a\nb\n"));
}

#[test]
fn elisions_survive_a_change() {
    assert_eq!(rewritten("a\n…\nd\n", "a2\nb\nc\nd\ne\n"), "a2\n…\nd\ne\n");
    assert_eq!(rewritten("a\n…\n", "a\nb\nc\n"), "a\n…\n");
    assert_eq!(rewritten("…\nd\n", "a\nb\nd\n"), "…\nd\n");
    assert_eq!(rewritten("…\nd\n", "a\nb\n"), "a\nb\n");
    assert_eq!(rewritten("x … y\nb\n", "x 1 y\nc\n"), "x … y\nc\n");
    assert_eq!(rewritten("", "a\n"), "a\n");
}
