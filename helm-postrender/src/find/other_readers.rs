//! What other readers may see in a document in which the first parser sees no Installation: Helm's
//! and kubectl's are laxer, and read YAML 1.1.

use serde_yaml::Value;

use crate::find::objects;
use crate::find::second_parser;
use crate::read::stream::LINE_ENDS;
use crate::read::tree::Tree;

/// Whether some reader may see an Installation, of whatever name, in a text.
pub(crate) fn see_one(text: &str) -> bool {
    second_parser(text) || first_parser(text)
}

fn second_parser(text: &str) -> bool {
    if depth(text) > DEEPEST {
        return false;
    }
    let Ok(mut document) = serde_yaml::from_str::<Value>(text) else {
        return false;
    };
    let mut seen = Vec::new();
    // A merge that cannot be made leaves what is there.
    let _ = document.apply_merge();
    second_parser::collect(&document, false, &mut Vec::new(), &mut seen);
    !seen.is_empty()
}

/// With the line ends of YAML 1.1, and without what Go's readers drop: whatever stands behind the
/// first document, and any of Unicode's spaces before one of JSON (kubernetes/apimachinery v0.35.1,
/// pkg/util/yaml/decoder.go, `consumeWhitespace`).
fn first_parser(text: &str) -> bool {
    let respelt = text.replace(LINE_ENDS, "\n");
    let json = respelt.trim_start();
    let tree = Tree::parse_first(if json.starts_with('{') {
        json
    } else {
        &respelt
    });
    tree.is_ok_and(|tree| objects::installations(&tree).map_or(true, |found| !found.is_empty()))
}

/// How deep collections may be nested: the second reader takes no more than 128 levels, but time
/// for each that grows with their number, before it says so.
const DEEPEST: usize = 1000;

/// How deep the flow collections of a text are nested, or deeper, where brackets are text.
fn depth(text: &str) -> usize {
    let depths = text.bytes().scan(0_usize, |depth, byte| {
        match byte {
            b'[' | b'{' => *depth += 1,
            b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or_default()
}
