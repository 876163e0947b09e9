//! Writes YAML. Every string is quoted, so that no parser of any YAML version mistakes it for a
//! number, a boolean or a comment.
//!
//! serde_yaml's own serializer is not used: it writes Calico's `"Off"` as `Off`, which Go reads as
//! false.

use std::fmt::Write as _;

use serde::Serialize;
use serde_yaml::{Error, Value};

/// `value` as YAML in block style, with its keys in order.
pub fn to_string(value: &impl Serialize) -> Result<String, Error> {
    let value = serde_yaml::to_value(value)?;
    let mut text = String::new();
    block(&mut text, &value, 0);
    Ok(text)
}

/// Appends a mapping or sequence, with each entry on lines of its own, or a scalar.
fn block(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Mapping(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                pad(text, indent);
                text.push_str(&key_text(key));
                text.push(':');
                value_of_key(text, value, indent);
            }
        }
        Value::Sequence(entries) if !entries.is_empty() => {
            for entry in entries {
                pad(text, indent);
                text.push_str("- ");
                block(text, entry, indent + 2);
            }
        }
        value => {
            text.push_str(&scalar(value));
            text.push('\n');
        }
    }
}

/// Appends the value of a key: on the same line, or indented below it.
fn value_of_key(text: &mut String, value: &Value, indent: usize) {
    let is_nested = match value {
        Value::Mapping(entries) => !entries.is_empty(),
        Value::Sequence(entries) => !entries.is_empty(),
        _ => false,
    };
    text.push(if is_nested { '\n' } else { ' ' });
    block(text, value, indent + 2);
}

/// Indents a new line. The first line of a sequence's entry is not new: it began with the dash.
fn pad(text: &mut String, indent: usize) {
    if text.is_empty() || text.ends_with('\n') {
        text.extend(std::iter::repeat_n(' ', indent));
    }
}

/// A key, quoted unless it can only be read as that string.
fn key_text(key: &Value) -> String {
    match key {
        Value::String(text) if is_word(text) => text.clone(),
        key => scalar(key),
    }
}

/// Whether every parser reads `text` without quotes as that string: it consists of letters only, such
/// as `blockSize`, and has no other meaning in YAML 1.1.
pub fn is_word(text: &str) -> bool {
    const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_reserved = RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word));
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic()) && !is_reserved
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Sequence(_) => "[]".to_owned(),
        Value::Mapping(_) => "{}".to_owned(),
        Value::Tagged(tagged) => scalar(&tagged.value),
    }
}

/// A double-quoted scalar (YAML 1.2, section 7.3.1), with everything but printable ASCII escaped,
/// because the parsers of a file may assume different encodings. A single-quoted one if that needs no
/// escapes, and where a shell would expand double quotes.
fn quoted(text: &str) -> String {
    let is_special = |c: char| matches!(c, '"' | '\\' | '$' | '`');
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '\'';
    if text.contains(is_special) && text.chars().all(is_plain) {
        return format!("'{text}'");
    }
    let mut shown = String::from("\"");
    for c in text.chars() {
        // Writing to a String cannot fail.
        let _ = match c {
            '"' | '\\' => write!(shown, "\\{c}"),
            ' '..='~' => write!(shown, "{c}"),
            c if u32::from(c) > 0xffff => write!(shown, "\\U{:08x}", u32::from(c)),
            c => write!(shown, "\\u{:04x}", u32::from(c)),
        };
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let value: Value = serde_yaml::from_str(text).unwrap();
        let written = to_string(&value).unwrap();
        assert_eq!(
            serde_yaml::from_str::<Value>(&written).unwrap(),
            value,
            "it means the same:\n{written}"
        );
        written
    }

    #[test]
    fn nesting() {
        assert_eq!(
            written(
                "{a: {b: [{cidr: 10.0.0.0/16, blockSize: 26}, {cidr: x}], c: []}, d: {}, e: [1, [2]]}"
            ),
            "a:\n  b:\n    - cidr: \"10.0.0.0/16\"\n      blockSize: 26\n    - cidr: \"x\"\n  \
             c: []\nd: {}\ne:\n  - 1\n  - - 2\n"
        );
        assert_eq!(written("{}"), "{}\n");
        assert_eq!(written("[]"), "[]\n");
    }

    #[test]
    fn every_string_stays_a_string() {
        for text in [
            "Off",
            "1e3",
            "0644",
            "~",
            "a: b",
            "#",
            "",
            "a\nb",
            "\u{85}\u{1f600}",
            "é\"\\",
        ] {
            let value = Value::String(text.to_owned());
            let written = to_string(&value).unwrap();
            assert!(written.is_ascii() && written.starts_with('"'), "{written}");
            assert_eq!(serde_yaml::from_str::<Value>(&written).unwrap(), value);
        }
        assert_eq!(
            written("{'on': 1, 'a b': 2, '3': 4}"),
            "\"on\": 1\n\"a b\": 2\n\"3\": 4\n"
        );
    }
}
