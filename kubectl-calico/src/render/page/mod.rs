//! A page of text: labeled rows, wrapped to a width. The only escape sequences in it are our own colors.

mod lines;
mod look;

use std::collections::BTreeMap;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::rows::Rows;
pub use look::Look;
pub(super) use look::{BOLD, CYAN, GREEN, RED, YELLOW};

/// The text of a fact of which nothing is known.
pub(super) const UNKNOWN: &str = "unknown";

/// The width of the column of labels.
const LABELS: usize = 14;

/// The width of the column of a finding's labels.
const NOTES: usize = 10;

/// The width of the column of steps' numbers.
const NUMBERS: usize = 4;

/// The width of the margin, in which the marks are.
const MARGIN: usize = 2;

/// A page that is being written.
pub(super) struct Page {
    look: Look,
    margin: usize,
    labels: usize,
    marks: BTreeMap<&'static str, Mark>,
    text: String,
}

/// What marks a row.
struct Mark {
    style: Style,
    /// What follows the text of the row.
    words: Vec<&'static str>,
}

impl Page {
    pub(super) fn new(look: Look) -> Self {
        Self::with_labels(look, LABELS)
    }

    /// A page whose label column has this width.
    pub(super) fn with_labels(look: Look, labels: usize) -> Self {
        Self {
            look,
            margin: 0,
            labels,
            marks: BTreeMap::new(),
            text: String::new(),
        }
    }

    /// A page with a margin to the left of its rows.
    pub(super) fn with_margin(look: Look) -> Self {
        Self {
            margin: MARGIN,
            ..Self::new(look)
        }
    }

    /// Marks the row of that label, which is written later: with `!` in the margin, and perhaps a word
    /// after its text. The first style counts.
    pub(super) fn mark(&mut self, label: &'static str, style: Style, word: Option<&'static str>) {
        let words = Vec::new();
        let mark = self.marks.entry(label).or_insert(Mark { style, words });
        if let Some(word) = word.filter(|word| !mark.words.contains(word)) {
            mark.words.push(word);
        }
    }

    /// One of two symbols, the second one in ASCII.
    pub(super) fn symbol<'a>(&self, symbol: &'a str, ascii: &'a str) -> &'a str {
        if self.look.ascii { ascii } else { symbol }
    }

    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text
    }

    /// An empty line, unless there is one already.
    pub(super) fn blank(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line, wrapped, in one style.
    pub(super) fn line(&mut self, text: &str, style: Style) {
        for line in self.wrapped(text, 0) {
            let line = self.styled(&line, style);
            self.push(&line);
        }
    }

    /// A sentence that ends with a command, which stays in one piece.
    pub(super) fn line_with_command(&mut self, text: &str, command: &str) {
        let line = format!("{text} {command}");
        if self.shown(&line).width() > self.look.width {
            self.line(text, Style::new());
            self.command(command);
        } else {
            self.line(&line, Style::new());
        }
    }

    /// Parts of a sentence in one style. A line ends between two of them, so that a command stays in one piece.
    pub(super) fn parts(&mut self, parts: &[String], style: Style) {
        let mut line = String::new();
        for part in parts {
            let width = self.shown(&line).width() + "; ".len() + self.shown(part).width();
            if !line.is_empty() && width > self.look.width {
                self.line(&format!("{line};"), style);
                line.clear();
            }
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(part);
        }
        self.line(&line, style);
    }

    /// Labeled rows. Facts that are unknown share the last one, unless they are marked.
    pub(super) fn rows(&mut self, rows: &Rows) {
        let mut unknown = Vec::new();
        for row in rows.iter() {
            if row.is_fact && row.text == UNKNOWN && !self.marks.contains_key(row.label) {
                unknown.push(row.label);
            } else {
                self.row(row.label, &row.text);
            }
        }
        if !unknown.is_empty() {
            self.row("Unknown", &unknown.join(", "));
        }
    }

    /// A label, and text after it; further lines go below the text.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        let mut margin = " ".repeat(self.margin);
        let mut text = text.to_owned();
        if let Some(mark) = self.marks.remove(label) {
            let at = text.find('\n').unwrap_or(text.len());
            if !mark.words.is_empty() {
                text.insert_str(at, &format!("  {}", mark.words.join(", ")));
            }
            let padding = " ".repeat(self.margin.saturating_sub(1));
            margin = format!("{}{padding}", self.styled("!", mark.style));
        }
        let mut label = label;
        for paragraph in text.lines() {
            for line in self.wrapped(paragraph, self.margin + self.labels) {
                let padding = " ".repeat(self.labels.saturating_sub(label.width()));
                let shown = format!("{margin}{}{padding}{line}", self.styled(label, BOLD));
                self.push(&shown);
                label = "";
                margin = " ".repeat(self.margin);
            }
        }
    }

    /// A text after several styled words of fixed width; its further lines go below it.
    pub(super) fn entry(&mut self, words: &[(&str, usize, Style)], text: &str) {
        let indent = self.margin + words.iter().map(|(_, width, _)| width).sum::<usize>();
        let mut start = " ".repeat(self.margin);
        for (word, width, style) in words {
            let padding = " ".repeat(width.saturating_sub(word.width()));
            start.push_str(&format!("{}{padding}", self.styled(word, *style)));
        }
        for line in self.wrapped(text, indent) {
            self.push(&format!("{start}{line}"));
            start = " ".repeat(indent);
        }
    }

    /// A styled word and a text after it.
    pub(super) fn heading(&mut self, word: &str, style: Style, text: &str) {
        let line = format!("{} {}", self.styled(word, style), self.shown(text));
        self.push(&line);
    }

    /// A paragraph below a heading, after a small label.
    pub(super) fn note(&mut self, label: &str, text: &str) {
        self.labeled(label, NOTES, text);
    }

    /// A sentence above numbered steps, in line with their text.
    pub(super) fn above_steps(&mut self, text: &str) {
        self.labeled("", NUMBERS, text);
    }

    /// A command below an entry, each line as it is.
    pub(super) fn command(&mut self, text: &str) {
        self.pasted(0, text);
    }

    /// A command of a note, each line as it is.
    pub(super) fn paste(&mut self, text: &str) {
        self.pasted(NOTES, text);
    }

    /// A numbered step.
    pub(super) fn step(&mut self, number: usize, text: &str) {
        self.labeled(&number.to_string(), NUMBERS, text);
    }

    /// A command of a step, each line as it is.
    pub(super) fn step_command(&mut self, text: &str) {
        self.pasted(NUMBERS, text);
    }
}
