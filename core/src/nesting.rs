//! How deeply flow collections are nested in a YAML text, determined before it is parsed.

use granit_parser::{Event, Options, Parser};

/// The deepest nesting that yaml_serde accepts. Beyond it, the time per token grows with the number of open
/// flow collections before it reports an error.
const DEEPEST: usize = 128;

/// Why a text must not be passed to yaml_serde: its flow collections are nested too deeply, or it has many
/// of them and cannot be read to the end.
pub fn obstacle(text: &str) -> Option<String> {
    if flow_collections(text) <= DEEPEST {
        return None;
    }
    let options: Options = granit_parser::options! {
        emit_comments: false,
    };
    let mut depth = 0_usize;
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), _)) => depth += 1,
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(error) => return Some(error.to_string()),
        }
        if depth > DEEPEST {
            return Some(format!("it is nested more than {DEEPEST} levels deep"));
        }
    }
    None
}

/// At least the number of flow collections that a text has, but for empty ones. A bracket in a string
/// counts too: only a parser can tell them apart.
fn flow_collections(text: &str) -> usize {
    let bytes = text.as_bytes();
    let next = bytes.iter().skip(1).chain(b"\n");
    bytes
        .iter()
        .zip(next)
        .filter(|pair| {
            matches!(pair, (b'[' | b'{', _)) && !matches!(pair, (b'[', b']') | (b'{', b'}'))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_beside_each_other_are_no_obstacle() {
        assert_eq!(obstacle(&"- {a: [b]}\n".repeat(5000)), None);
        assert_eq!(obstacle(&"- '{['\n".repeat(5000)), None);
    }

    #[test]
    fn a_bracket_in_a_string_or_comment_closes_nothing() {
        for level in ["[\"]\",", "[']',", "[ # ]\n", "{a: ", "[a: "] {
            assert!(
                obstacle(&format!("a: {}", level.repeat(200))).is_some(),
                "{level}"
            );
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let expected = "it is nested more than 128 levels deep";
        assert_eq!(obstacle(&deep).as_deref(), Some(expected));
    }

    #[test]
    fn a_text_that_cannot_be_read_to_the_end() {
        let text = format!("{}\n- ]", "- [a]\n".repeat(200));
        assert!(obstacle(&text).is_some());
    }
}
