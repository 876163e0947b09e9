//! How deep a text in YAML is nested, before it is parsed.

/// The deepest nesting of flow collections that a parser is given. yaml_serde accepts 128 levels, but for
/// each token takes time that grows with the number of levels before it says so.
const DEEPEST: usize = 1000;

/// Whether the brackets and braces of a text, including those in its strings, are nested so deep that no
/// parser may be given the text.
pub fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_that_are_closed_do_not_count() {
        assert!(!is_too_deep(&"{[]}\n".repeat(5000)));
        assert!(!is_too_deep(&"[".repeat(1000)));
        assert!(is_too_deep(&"{a: [".repeat(501)));
    }
}
