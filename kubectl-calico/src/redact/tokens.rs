//! Words of a text, replaced without touching what is between them.

/// Replaces each longest run of characters that belong to a word.
pub(super) fn replace(
    text: &str,
    belongs: impl Fn(char) -> bool,
    replacement: impl Fn(&str) -> Option<String>,
) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match replacement(word).filter(|_| !word.is_empty()) {
            Some(other) => replaced.push_str(&other),
            None => replaced.push_str(word),
        }
        let next = after.find(&belongs).unwrap_or(after.len());
        let (between, after) = after.split_at(next);
        replaced.push_str(between);
        rest = after;
    }
    replaced
}
