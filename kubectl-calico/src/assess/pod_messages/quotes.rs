//! The lines that a finding quotes.

use calico_core::text::cut;
use serde_json::Value;

use super::lines::PodLine;
use crate::assess::finding::{Evidence, Finding};
use crate::views::log_errors::is_error;

/// The maximum number of lines that are quoted if none is known.
const QUOTES: usize = 3;

/// The longest line that is quoted, in characters.
const LONGEST: usize = 400;

/// The last lines that tell of an error, or else the very last one. Of several that differ only in what is
/// before the message, the last.
pub(super) fn quotes(lines: &[PodLine]) -> Vec<&PodLine> {
    let event = lines.iter().find(|line| line.is_event);
    let log = || lines.iter().filter(|line| !line.is_event && !line.is_shown);
    let mut quotes: Vec<&PodLine> = event.into_iter().collect();
    for line in log().filter(|line| is_error(&line.text)) {
        let is_new = quotes
            .iter()
            .all(|quote| message_in(&quote.text) != message_in(&line.text));
        if is_new && quotes.len() < QUOTES {
            quotes.push(line);
        }
    }
    if quotes.is_empty() {
        quotes.extend(log().next());
    }
    quotes
}

/// A line without its time, its process and its place in the code.
/// `2026-01-01 00:00:00.000 [ERROR][49] felix/daemon.go 576: Failed to connect`
pub(super) fn message_in(line: &str) -> &str {
    match line.split_once(".go ") {
        Some((_, rest)) => rest.split_once(": ").map_or(rest, |(_, message)| message),
        None => line,
    }
}

pub(super) fn quoted(mut finding: Finding, line: &PodLine) -> Finding {
    finding.evidence.push(Evidence {
        object: line.object.clone(),
        field: line.origin.clone(),
        value: shortened(&in_short(&line.text)),
    });
    finding
}

/// The message and the error of a line in JSON, which the operator writes with a stack trace; any other line
/// as it is.
fn in_short(line: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(line.trim()) else {
        return line.trim().to_owned();
    };
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    match (field("msg"), field("error")) {
        (Some(message), Some(error)) => format!("{message}: {error}"),
        (Some(message), None) => message.to_owned(),
        _ => line.trim().to_owned(),
    }
}

/// The beginning of a line: what ends it is most often an identifier.
pub(super) fn shortened(line: &str) -> String {
    cut(line.to_owned(), LONGEST)
}
