//! Text from outside, made safe to show on a terminal and in a YAML block scalar.

use std::fmt::Write as _;

/// `bytes` as text in which every character is visible: control, format and separator characters
/// become `\n`, `\t`, `\r` or `\u{…}`, and bytes that are not UTF-8 become `\x…`.
///
/// A terminal interprets escape sequences, and Helm 4 drops a message that contains one. A string in
/// a manifest must cause neither.
pub fn printable(bytes: impl AsRef<[u8]>) -> String {
    let mut shown = String::new();
    for chunk in bytes.as_ref().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => shown.push_str("\\n"),
                '\r' => shown.push_str("\\r"),
                '\t' => shown.push_str("\\t"),
                c if is_invisible(c) => shown.extend(c.escape_unicode()),
                c => shown.push(c),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// `text` quoted as one POSIX shell word.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `json` with invisible characters escaped, which does not change its meaning. Line breaks stay.
pub fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_invisible(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

/// Whether a character moves the cursor, reorders others, shows nothing, or is not allowed in a YAML
/// document (YAML 1.2, section 5.1).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// `text` as [`printable`] shows it, cut after 120 characters so that one value cannot push the rest
/// of a message off the screen.
pub fn shown(text: impl AsRef<[u8]>) -> String {
    shortened(text, 120)
}

/// `text` as [`shown`], in double quotes.
pub fn quoted(text: impl AsRef<[u8]>) -> String {
    format!("\"{}\"", shown(text))
}

/// `text` as [`printable`] shows it, cut after `longest` characters.
pub fn shortened(text: impl AsRef<[u8]>, longest: usize) -> String {
    cut(printable(text), longest)
}

/// `text`, cut after `longest` characters.
pub fn cut(mut text: String, longest: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// `items`, separated by commas: the first [`MOST`], and how many more there are.
pub fn listed(items: impl IntoIterator<Item = String>) -> String {
    first(items, MOST)
}

/// `items`, separated by commas: the first `most`, and how many more there are.
pub fn first(items: impl IntoIterator<Item = impl AsRef<str>>, most: usize) -> String {
    let mut items = items.into_iter();
    let mut shown = String::new();
    for (index, item) in items.by_ref().take(most).enumerate() {
        shown.push_str(if index == 0 { "" } else { ", " });
        shown.push_str(item.as_ref());
    }
    match items.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// How many items of a list a message shows, so that it cannot push the rest off the screen.
pub const MOST: usize = 10;

/// The entry of `known` that is most similar to `text`, if one is similar enough to be a typo of it.
pub fn closest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = text.to_lowercase();
    known
        .iter()
        .map(|name| {
            let similarity = strsim::normalized_damerau_levenshtein(&lower, &name.to_lowercase());
            (similarity, *name)
        })
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_invisible_character_remains() {
        assert_eq!(printable("10.0.0.0/8"), "10.0.0.0/8");
        assert_eq!(
            printable("a\u{1b}[31mb\rc\td\u{7}"),
            "a\\u{1b}[31mb\\rc\\td\\u{7}"
        );
        assert_eq!(
            printable("x\u{85}y\u{2028}z\u{202e}"),
            "x\\u{85}y\\u{2028}z\\u{202e}"
        );
        assert_eq!(printable(b"caf\xc3\xa9 \xff\xfe"), "café \\xff\\xfe");
    }

    #[test]
    fn json_is_visible_and_means_the_same() {
        let json = "{\n  \"caf\u{e9}\": \"\u{9b}31m\u{202e}\u{e0001}\"\n}";
        let shown = visible_json(json);
        assert_eq!(
            shown,
            "{\n  \"café\": \"\\u009b31m\\u202e\\udb40\\udc01\"\n}"
        );
        let read = |json| serde_yaml::from_str::<serde_yaml::Value>(json).unwrap();
        assert_eq!(read(&visible_json("\"\u{202e}a\"")), read("\"\u{202e}a\""));
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let shown = quoted("é".repeat(500));
        assert_eq!(shown.chars().count(), 123);
        assert!(shown.ends_with("…\""));
    }

    #[test]
    fn a_long_list_is_cut_with_the_number_of_the_rest() {
        let numbers = |count: usize| listed((0..count).map(|number| number.to_string()));
        assert_eq!(numbers(0), "");
        assert_eq!(numbers(10), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
        assert_eq!(numbers(3000), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2990 more");
    }

    #[test]
    fn a_typo_is_recognized_and_another_word_is_not() {
        let known = [
            "IPIP",
            "IPIPCrossSubnet",
            "VXLAN",
            "VXLANCrossSubnet",
            "None",
        ];
        assert_eq!(closest("vxlan", &known), Some("VXLAN"));
        assert_eq!(closest("VXLANCrosSubnet", &known), Some("VXLANCrossSubnet"));
        assert_eq!(closest("geneve", &known), None);
    }
}
