//! What other readers may find in a document in which the first parser finds no Installation: Helm's
//! and kubectl's are laxer, and read YAML 1.1.

use serde_yaml::Value;

use crate::find::{objects, second_parser};
use crate::read::stream::YAML_1_1_LINE_ENDS;
use crate::read::tree::Tree;

/// Whether some reader may find an Installation, of whatever name, in a text.
pub(crate) fn see_installation(text: &str) -> bool {
    second_parser_does(text) || lax_reader_does(text)
}

fn second_parser_does(text: &str) -> bool {
    if flow_depth(text) > DEEPEST {
        return false;
    }
    let Ok(mut document) = serde_yaml::from_str::<Value>(text) else {
        return false;
    };
    // A merge that fails leaves the document as it is.
    let _ = document.apply_merge();
    !second_parser::installations(&document).is_empty()
}

/// With the line ends of YAML 1.1, and without what Go's readers drop: everything after the first
/// document, and any Unicode white space before one of JSON (kubernetes/apimachinery v0.35.1,
/// pkg/util/yaml/decoder.go, `consumeWhitespace`).
fn lax_reader_does(text: &str) -> bool {
    let text = text.replace(YAML_1_1_LINE_ENDS, "\n");
    let trimmed = text.trim_start();
    let is_json = trimmed.starts_with('{');
    let Ok(tree) = Tree::parse_first(if is_json { trimmed } else { &text }) else {
        return false;
    };
    objects::installations(&tree).map_or(true, |found| !found.is_empty())
}

/// The deepest nesting that the second parser is given. It accepts 128 levels, but for each level
/// beyond takes time that grows with their number before it says so.
const DEEPEST: usize = 1000;

/// How deep flow collections are nested in a text, or deeper, if it has brackets in strings.
fn flow_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
