//! The lines of a page: safe, wrapped and indented.

use anstyle::Style;
use calico_core::text::printable;
use textwrap::{Options, WordSplitter};

use super::Page;
use super::look::CYAN;
use crate::repair::here_document::is_here_document;

impl Page {
    /// Text that is safe to show.
    pub(super) fn shown(&self, text: &str) -> String {
        let text = printable(text);
        if !self.look.ascii || text.is_ascii() {
            return text;
        }
        let mut ascii = String::new();
        for c in text.chars() {
            match c {
                '…' => ascii.push_str("..."),
                c if c.is_ascii() => ascii.push(c),
                c => ascii.extend(c.escape_unicode()),
            }
        }
        ascii
    }

    pub(super) fn styled(&self, text: &str, style: Style) -> String {
        if self.look.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn labeled(&mut self, label: &str, width: usize, text: &str) {
        let indent = 2 + width;
        let mut label = format!("  {label:<width$}");
        for paragraph in text.lines() {
            for line in self.wrapped(paragraph, indent) {
                let line = format!("{label}{line}");
                self.push(&line);
                label = " ".repeat(indent);
            }
        }
    }

    /// The lines of a here-document begin in the first column: a shell does not recognize an indented
    /// delimiter.
    pub(super) fn pasted(&mut self, width: usize, command: &str) {
        let is_here_document = is_here_document(command);
        let indent = if is_here_document { 0 } else { 2 + width + 2 };
        if is_here_document {
            self.blank();
        }
        for line in command.lines() {
            let line = format!("{:indent$}{}", "", self.shown(line));
            let line = self.styled(&line, CYAN);
            self.push(&line);
        }
        if is_here_document {
            self.blank();
        }
    }

    pub(super) fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Text wrapped to the remaining width. A long word is not broken, so that it can be copied. The lines of an item of
    /// a list begin below its text.
    pub(super) fn wrapped(&self, text: &str, indent: usize) -> Vec<String> {
        let width = self.look.width.saturating_sub(indent).max(20);
        let shown = self.shown(text.trim_start());
        let margin = " ".repeat(text.len() - text.trim_start().len());
        let item = if shown.starts_with("- ") { "  " } else { "" };
        let below = format!("{margin}{item}");
        let options = Options::new(width)
            .break_words(false)
            .initial_indent(&margin)
            .subsequent_indent(&below)
            .word_splitter(WordSplitter::NoHyphenation);
        let lines = textwrap::wrap(&shown, options);
        lines
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect()
    }
}
