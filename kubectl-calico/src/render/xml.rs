//! Text in XML and HTML.

use calico_core::text::printable;

/// Text as the content of an element or as a quoted value: no markup, and only characters that XML
/// allows, because [`printable`] leaves no others.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The same, line by line.
pub(super) fn escaped_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        assert_eq!(
            escaped("<a b='c' d=\"e\">&"),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;"
        );
        assert_eq!(escaped("\u{1b}[31m\u{ffff}"), "\\u{1b}[31m\\u{ffff}");
        assert_eq!(escaped_lines("a\n<b>"), "a\n&lt;b&gt;");
    }
}
