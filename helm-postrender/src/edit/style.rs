//! How new text looks in a document: quotes, and block or flow style, as what stands around it.

use calico_core::yaml;
use granit_parser::ScalarStyle;

use crate::plan::request::Value;

/// A value that is not in the document yet.
#[derive(Clone, Debug)]
pub(crate) enum New {
    /// A mapping.
    Map(Vec<(String, New)>),
    /// A sequence.
    Seq(Vec<New>),
    /// A scalar.
    Scalar(Value),
    /// What the cluster has, of any kind.
    Copy(serde_yaml::Value),
}

/// How a document writes its line ends, indentation and quotes.
pub(crate) struct Style {
    /// What ends a line.
    pub(crate) newline: &'static str,
    /// Keys and strings need double quotes.
    pub(crate) is_json: bool,
    /// Columns from a key to the keys of the mapping below it.
    pub(crate) map_step: usize,
    /// Columns from a key to the dashes of the list below it: 0 as Go writes it, or more.
    pub(crate) list_step: usize,
}

impl Style {
    /// A scalar in the style of the one it replaces. A block size is never quoted: it would be a
    /// string.
    pub(crate) fn scalar(&self, value: &Value, style: ScalarStyle, in_flow: bool) -> String {
        match (value, style) {
            (Value::Integer(number), _) => number.to_string(),
            (Value::Text(text), _) if self.is_json => format!("\"{text}\""),
            (Value::Text(text), ScalarStyle::SingleQuoted) => format!("'{text}'"),
            (Value::Text(text), ScalarStyle::DoubleQuoted) => format!("\"{text}\""),
            // Older readers take the colons of an IPv6 address in a flow collection for keys.
            (Value::Text(text), _) if in_flow && text.contains(':') => format!("\"{text}\""),
            (Value::Text(text), _) => text.clone(),
        }
    }

    /// A scalar that the cluster has: a word as it is, any other text in quotes that JSON takes, too.
    fn copy(&self, value: &serde_yaml::Value) -> String {
        match value.as_str() {
            Some(text) if yaml::is_word(text) && !self.is_json => text.to_owned(),
            _ => serde_json::to_string(value).unwrap_or_default(),
        }
    }

    /// `new` in flow style.
    pub(crate) fn flow(&self, new: &New) -> String {
        match new {
            New::Scalar(value) => self.scalar(value, ScalarStyle::Plain, true),
            New::Copy(serde_yaml::Value::Sequence(items)) => {
                let items: Vec<String> = items.iter().map(|item| self.copy(item)).collect();
                format!("[{}]", items.join(", "))
            }
            New::Copy(value) => self.copy(value),
            New::Map(entries) => format!("{{{}}}", self.flow_entries(entries, ", ")),
            New::Seq(items) => {
                let items: Vec<String> = items.iter().map(|item| self.flow(item)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    pub(crate) fn flow_entries(&self, entries: &[(String, New)], gap: &str) -> String {
        let quote = if self.is_json { "\"" } else { "" };
        let entry =
            |(key, value): &(String, New)| format!("{quote}{key}{quote}: {}", self.flow(value));
        let entries: Vec<String> = entries.iter().map(entry).collect();
        entries.join(gap)
    }

    /// Keys at `column` in block style, without a line end behind the last.
    pub(crate) fn block_keys(&self, keys: &[(String, New)], column: usize) -> String {
        let indent = " ".repeat(column);
        let line = |(key, value): &(String, New)| match value {
            New::Scalar(value) => {
                let value = self.scalar(value, ScalarStyle::Plain, false);
                format!("{indent}{key}: {value}")
            }
            New::Copy(_) => format!("{indent}{key}: {}", self.flow(value)),
            new => {
                let below = self.block_below(new, column);
                format!("{indent}{key}:{}{below}", self.newline)
            }
        };
        let lines: Vec<String> = keys.iter().map(line).collect();
        lines.join(self.newline)
    }

    /// List items with their dashes at `column`.
    pub(crate) fn block_items(&self, items: &[New], column: usize) -> String {
        let item = |item: &New| {
            let below = match item {
                New::Map(keys) => self.block_keys(keys, column + 2),
                other => self.flow(other),
            };
            format!("{}- {}", " ".repeat(column), below.trim_start())
        };
        let items: Vec<String> = items.iter().map(item).collect();
        items.join(self.newline)
    }

    /// `new` in block style below a key, or a dash, at `column`.
    pub(crate) fn block_below(&self, new: &New, column: usize) -> String {
        match new {
            New::Map(keys) => self.block_keys(keys, column + self.map_step),
            New::Seq(items) => self.block_items(items, column + self.list_step),
            New::Scalar(value) => self.scalar(value, ScalarStyle::Plain, false),
            New::Copy(_) => self.flow(new),
        }
    }
}
