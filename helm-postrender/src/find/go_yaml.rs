//! A document as Go reads it.
//!
//! Helm and kubectl read YAML with sigs.k8s.io/yaml, which resolves plain scalars by YAML 1.1, in a
//! dialect of its own: `on` is true and `032` is 26. The second parser
//! ([`crate::find::second_parser`]) follows YAML 1.2, in which both are strings. So such scalars are
//! first rewritten in a form that means the same to both.

use std::borrow::Cow;

use calico_core::installation::Installation;
use calico_core::text::shown;
use serde_yaml::Value;

use crate::find::installation::LocatedInstallation;
use crate::find::second_parser;
use crate::read::text_edit::{self, Edit};
use crate::read::tree::Tree;
use crate::refusal::Refusal;

/// The Installation in a document, from its text, its nodes, and what the second parser read.
pub(crate) fn installation(
    located: &LocatedInstallation,
    text: &str,
    tree: &Tree,
    document: &Value,
) -> Result<Installation, Refusal> {
    let document = as_go_reads(text, tree, document).map_err(|error| {
        let what = "the document cannot be parsed as Go parses it";
        Refusal::new(format!("{what}: {}", shown(error.to_string())))
            .of(format!("Installation {}", shown(&located.name)))
            .fix("put values such as yes, on and 012 in quotes, and please report this problem")
    })?;
    Ok(Installation::read(second_parser::installation(
        &document, located,
    )))
}

/// What a document means to Go.
fn as_go_reads<'v>(
    text: &str,
    tree: &Tree,
    document: &'v Value,
) -> Result<Cow<'v, Value>, serde_yaml::Error> {
    let mut edits: Vec<Edit> = tree
        .plain_values()
        .filter_map(|(range, plain)| {
            let text = in_yaml_1_2(plain).filter(|text| text != plain)?;
            Some(Edit { range, text })
        })
        .collect();
    if edits.is_empty() {
        return Ok(Cow::Borrowed(document));
    }
    edits.sort_by_key(|edit| edit.range.start);
    serde_yaml::from_str(&text_edit::apply(text, &edits)).map(Cow::Owned)
}

/// How YAML 1.2 writes the value that Go reads in a plain scalar; none if both read a string.
/// Source: `resolve` in go.yaml.in/yaml v2.4.3, resolve.go.
fn in_yaml_1_2(plain: &str) -> Option<String> {
    match plain {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("true".to_owned()),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("false".to_owned()),
        _ => {}
    }
    if !plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let digits = plain.replace('_', "");
    if let Some(integer) = integer(&digits) {
        return Some(integer.to_string());
    }
    if !is_float(&digits) {
        return None;
    }
    let float: f64 = digits.parse().ok()?;
    // `{:?}` of a whole number has the point that keeps it a float.
    float.is_finite().then(|| format!("{float:?}"))
}

/// An integer of 64 bits, as Go's `strconv.ParseInt` reads it with base 0: a leading 0 is octal.
fn integer(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (base, digits) = match unsigned.get(..2) {
        Some("0x" | "0X") => (16, unsigned.get(2..)?),
        Some("0o" | "0O") => (8, unsigned.get(2..)?),
        Some("0b" | "0B") => (2, unsigned.get(2..)?),
        Some(_) if unsigned.starts_with('0') => (8, unsigned),
        _ => (10, unsigned),
    };
    // `from_str_radix` would accept another sign.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, base).ok()?;
    let number = if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    };
    let range = i128::from(i64::MIN)..=i128::from(u64::MAX);
    range.contains(&number).then_some(number)
}

/// Whether a text has only the characters of a decimal float, and so is not what Rust also parses,
/// such as `inf`.
fn is_float(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go made of each, as JSON: sigs.k8s.io/yaml v1.6.0, `YAMLToJSON`.
    const READ_BY_GO: [(&str, &str); 45] = [
        ("yes", "true"),
        ("ON", "true"),
        ("y", "true"),
        ("off", "false"),
        ("N", "false"),
        ("oN", "\"oN\""),
        ("true", "true"),
        ("TRUE", "true"),
        ("tRUE", "\"tRUE\""),
        ("~", "null"),
        ("null", "null"),
        ("26", "26"),
        ("+26", "26"),
        ("-26", "-26"),
        ("032", "26"),
        ("028", "28"),
        ("-012", "-10"),
        ("00", "0"),
        ("0o32", "26"),
        ("0O32", "26"),
        ("0x1A", "26"),
        ("0X1a", "26"),
        ("0b11010", "26"),
        ("-0b1", "-1"),
        ("2_6", "26"),
        ("0_32", "26"),
        ("1_000.5", "1000.5"),
        ("26.0", "26"),
        ("26.", "26"),
        ("2.6e1", "26"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("09.5", "9.5"),
        ("1e400", "\"1e400\""),
        ("1:30", "\"1:30\""),
        ("2001-12-14", "\"2001-12-14\""),
        ("0x", "\"0x\""),
        ("0xg", "\"0xg\""),
        ("++1", "\"++1\""),
        ("+-1", "\"+-1\""),
        ("1-1", "\"1-1\""),
        (".", "\".\""),
        ("18446744073709551615", "18446744073709551615"),
        ("10.0.0.0/16", "\"10.0.0.0/16\""),
        ("1e1", "10"),
    ];

    #[test]
    fn plain_scalars_mean_what_go_makes_of_them() {
        for (plain, json) in READ_BY_GO {
            let text = format!("a: {plain}\nb: \"{plain}\"\n");
            let tree = Tree::parse(&text).unwrap();
            let value = serde_yaml::from_str(&text).unwrap();
            let read = as_go_reads(&text, &tree, &value).unwrap();
            let want: serde_json::Value = serde_json::from_str(json).unwrap();
            let (got, quoted) = (&read["a"], &read["b"]);
            let same = match want.as_f64() {
                Some(number) => got.as_f64() == Some(number),
                None => serde_json::to_value(got).unwrap() == want,
            };
            assert!(same, "{plain}: {got:?} instead of {json}");
            assert_eq!(quoted.as_str(), Some(plain), "in quotes it is text");
        }
    }
}
