//! How new text looks in a document: quotes, indentation, and block or flow style.

use calico_core::yaml;
use granit_parser::ScalarStyle;

use crate::plan::request::FieldValue;

/// A node to add to a document.
#[derive(Clone, Debug)]
pub(crate) enum NewNode {
    Map(Vec<(String, NewNode)>),
    Seq(Vec<NewNode>),
    Scalar(FieldValue),
    /// A value of any kind, copied from the cluster.
    Copy(serde_yaml::Value),
}

/// How a document writes its line ends, indentation and quotes.
pub(crate) struct Style {
    pub(crate) newline: &'static str,
    /// Whether keys and strings need double quotes.
    pub(crate) is_json: bool,
    /// Columns from a key to the keys of the mapping below it.
    pub(crate) map_step: usize,
    /// Columns from a key to the dashes of the list below it: 0 as Go writes it, or more.
    pub(crate) list_step: usize,
}

impl Style {
    /// A scalar in the style of the one that it replaces. A block size is never quoted: it would be a
    /// string.
    pub(crate) fn scalar(&self, value: &FieldValue, style: ScalarStyle, in_flow: bool) -> String {
        match (value, style) {
            (FieldValue::Integer(number), _) => number.to_string(),
            (FieldValue::Text(text), _) if self.is_json => format!("\"{text}\""),
            (FieldValue::Text(text), ScalarStyle::SingleQuoted) => format!("'{text}'"),
            (FieldValue::Text(text), ScalarStyle::DoubleQuoted) => format!("\"{text}\""),
            // In a flow collection, older parsers read the colons of an IPv6 address as keys.
            (FieldValue::Text(text), _) if in_flow && text.contains(':') => format!("\"{text}\""),
            (FieldValue::Text(text), _) => text.clone(),
        }
    }

    /// A scalar from the cluster: a word as is, any other text in quotes that JSON also accepts.
    fn copy(&self, value: &serde_yaml::Value) -> String {
        match value.as_str() {
            Some(text) if yaml::is_word(text) && !self.is_json => text.to_owned(),
            _ => serde_json::to_string(value).unwrap_or_default(),
        }
    }

    /// A node in flow style.
    pub(crate) fn flow(&self, new: &NewNode) -> String {
        match new {
            NewNode::Scalar(value) => self.scalar(value, ScalarStyle::Plain, true),
            NewNode::Copy(serde_yaml::Value::Sequence(items)) => {
                let items: Vec<String> = items.iter().map(|item| self.copy(item)).collect();
                format!("[{}]", items.join(", "))
            }
            NewNode::Copy(value) => self.copy(value),
            NewNode::Map(entries) => format!("{{{}}}", self.flow_entries(entries, ", ")),
            NewNode::Seq(items) => format!("[{}]", self.flow_items(items, ", ")),
        }
    }

    pub(crate) fn flow_entries(&self, entries: &[(String, NewNode)], separator: &str) -> String {
        let quote = if self.is_json { "\"" } else { "" };
        let entries: Vec<String> = entries
            .iter()
            .map(|(key, value)| format!("{quote}{key}{quote}: {}", self.flow(value)))
            .collect();
        entries.join(separator)
    }

    pub(crate) fn flow_items(&self, items: &[NewNode], separator: &str) -> String {
        let items: Vec<String> = items.iter().map(|item| self.flow(item)).collect();
        items.join(separator)
    }

    /// Keys at `column` in block style, without a line end after the last.
    pub(crate) fn block_keys(&self, keys: &[(String, NewNode)], column: usize) -> String {
        let lines: Vec<String> = keys
            .iter()
            .map(|(key, value)| self.block_key(key, value, column))
            .collect();
        lines.join(self.newline)
    }

    fn block_key(&self, key: &str, value: &NewNode, column: usize) -> String {
        let indent = " ".repeat(column);
        let below = self.block_below(value, column);
        match value {
            NewNode::Scalar(_) | NewNode::Copy(_) => format!("{indent}{key}: {below}"),
            NewNode::Map(_) | NewNode::Seq(_) => format!("{indent}{key}:{}{below}", self.newline),
        }
    }

    /// List items with their dashes at `column`.
    pub(crate) fn block_items(&self, items: &[NewNode], column: usize) -> String {
        let items: Vec<String> = items
            .iter()
            .map(|item| self.block_item(item, column))
            .collect();
        items.join(self.newline)
    }

    fn block_item(&self, item: &NewNode, column: usize) -> String {
        let indent = " ".repeat(column);
        let text = match item {
            NewNode::Map(keys) => self.block_keys(keys, column + 2),
            other => self.flow(other),
        };
        format!("{indent}- {}", text.trim_start())
    }

    /// A node in block style below a key at `column`.
    pub(crate) fn block_below(&self, new: &NewNode, column: usize) -> String {
        match new {
            NewNode::Map(keys) => self.block_keys(keys, column + self.map_step),
            NewNode::Seq(items) => self.block_items(items, column + self.list_step),
            NewNode::Scalar(value) => self.scalar(value, ScalarStyle::Plain, false),
            NewNode::Copy(_) => self.flow(new),
        }
    }
}
