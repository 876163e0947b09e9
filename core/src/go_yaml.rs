//! YAML as Go reads it.
//!
//! Helm and kubectl read YAML with sigs.k8s.io/yaml, which resolves plain scalars by YAML 1.1, in a
//! dialect of its own: `on` is true and `032` is 26. serde_yaml follows YAML 1.2, in which both are
//! strings. So such scalars are first rewritten in a form that means the same to both.

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError};

/// Whole numbers below this one are exact as a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A stream of documents, rewritten where it means something else to Go. One that is no YAML stays as it is.
pub fn rewritten(text: &str) -> Cow<'_, str> {
    if !may_differ(text) {
        return Cow::Borrowed(text);
    }
    edited(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether any line ends, perhaps before a comment or within a flow collection, with a word that means
/// something else to Go. This spares most texts another parser.
fn may_differ(text: &str) -> bool {
    text.lines().any(|line| {
        line.split([',', '{', '}', '[', ']']).any(|part| {
            let value = part.split(" #").next().unwrap_or_default();
            let word = value.split_whitespace().next_back().unwrap_or_default();
            differs(word).is_some()
        })
    })
}

fn differs(plain: &str) -> Option<String> {
    in_yaml_1_2(plain).filter(|text| text != plain)
}

fn edited(text: &str) -> Result<String, ScanError> {
    let mut edited = String::with_capacity(text.len());
    let (mut from, mut open) = (0, Open::default());
    let options: Options = granit_parser::options! {
        // As libyaml, and so Go's readers, do.
        block_scalar_eof_without_line_feed: true,
        // The parser buffers a limited number of comments.
        emit_comments: false,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event?;
        if !open.is_value(&event) {
            continue;
        }
        let Event::Scalar(plain, ScalarStyle::Plain, _, None) = &event else {
            continue;
        };
        let (start, end) = (span.start.byte_offset(), span.end.byte_offset());
        if let Some(new) = differs(plain)
            && let (Some(start), Some(end)) = (start, end)
        {
            edited.push_str(text.get(from..start).unwrap_or_default());
            edited.push_str(&new);
            from = end;
        }
    }
    edited.push_str(text.get(from..).unwrap_or_default());
    Ok(edited)
}

/// The collections that have not ended: for a mapping, whether a key comes next.
#[derive(Default)]
struct Open(Vec<Option<bool>>);

impl Open {
    /// Takes the next event, and returns whether it is a value in a collection.
    fn is_value(&mut self, event: &Event) -> bool {
        let is_node = matches!(
            event,
            Event::Scalar(..)
                | Event::Alias(_)
                | Event::MappingStart(..)
                | Event::SequenceStart(..)
        );
        let is_value = match self.0.last_mut() {
            Some(Some(is_key)) if is_node => {
                *is_key = !*is_key;
                *is_key
            }
            Some(None) => is_node,
            _ => false,
        };
        match event {
            Event::MappingStart(..) => self.0.push(Some(true)),
            Event::SequenceStart(..) => self.0.push(None),
            Event::MappingEnd | Event::SequenceEnd => {
                self.0.pop();
            }
            _ => {}
        }
        is_value
    }
}

/// How YAML 1.2 writes the value that Go reads in a plain scalar; none if both read a string.
/// Source: `resolve` in go.yaml.in/yaml v2.4.3, resolve.go.
pub fn in_yaml_1_2(plain: &str) -> Option<String> {
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
    if !float.is_finite() {
        return None;
    }
    // Go makes JSON of it, in which 26.0 is 26.
    let is_whole = float.fract() == 0.0 && float.abs() < EXACT;
    Some(if is_whole {
        format!("{float:.0}")
    } else {
        format!("{float:?}")
    })
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
            let read: serde_yaml::Value = serde_yaml::from_str(&rewritten(&text)).unwrap();
            let want: serde_yaml::Value = serde_yaml::from_str(json).unwrap();
            assert_eq!(read["a"], want, "{plain}");
            assert_eq!(read["b"].as_str(), Some(plain), "in quotes it is text");
        }
    }

    #[test]
    fn only_values_without_a_tag_are_rewritten() {
        for (text, expected) in [
            (
                "on: {y: no, z: [off, 0_1]}\n",
                "on: {y: false, z: [false, 1]}\n",
            ),
            ("a: &x yes # on\nb: *x\n", "a: &x true # on\nb: *x\n"),
            ("a: !!str yes\n", "a: !!str yes\n"),
            ("a: |\n  b: yes\n", "a: |\n  b: yes\n"),
            ("é: yes\n---\n- 010\n", "é: true\n---\n- 8\n"),
            (
                "- a: &b {c: on}\n  d: on\n",
                "- a: &b {c: true}\n  d: true\n",
            ),
            ("a: [yes\n", "a: [yes\n"),
            ("the answer is no\n", "the answer is no\n"),
        ] {
            assert_eq!(rewritten(text), expected);
        }
    }
}
