//! New values for fields that a document has.

use granit_parser::ScalarStyle;

use crate::edit::layout::Layout;
use crate::find::obstacle::{Obstacle, check_editable};
use crate::plan::request::FieldValue;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId};

/// Writes `value` in place of the scalar `old` of `key`, which may be left out.
pub(crate) fn replace(
    layout: &Layout,
    key: NodeId,
    old: NodeId,
    value: &FieldValue,
) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    let node = tree.node(old);
    if tree.is_shared(old) {
        check_editable(tree, old)?;
    }
    let style = match &node.data {
        Data::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) => {
            return replace_block_scalar(layout, key, old, value);
        }
        Data::Scalar(_, style) => *style,
        Data::Alias(_) => ScalarStyle::Plain,
        Data::Map(..) | Data::Seq(..) => {
            return Err(Obstacle {
                what: "the field to set is a mapping or a list".to_owned(),
                at: node.span.start,
                why: "it is a single value in the Installation's schema",
                fix: "remove it from what the chart renders",
            });
        }
    };
    let text = layout.style.scalar(value, style, layout.is_in_flow(key));
    let is_left_out = style == ScalarStyle::Plain && node.span.is_empty();
    Ok(vec![if is_left_out {
        Edit::insert(layout.after_colon(key, old)?, format!(" {text}"))
    } else {
        Edit {
            range: node.span.clone(),
            text,
        }
    }])
}

/// Writes a scalar in place of the header of a block scalar, so that a comment after the header
/// stays, and removes the lines of its content.
fn replace_block_scalar(
    layout: &Layout,
    key: NodeId,
    old: NodeId,
    value: &FieldValue,
) -> Result<Vec<Edit>, Obstacle> {
    let colon = layout.after_colon(key, old)?;
    let rest = layout.rest_of_line(colon);
    let header_and_comment = rest.trim_start();
    if !header_and_comment.starts_with(['|', '>']) {
        return Err(layout.no_place(old));
    }
    let header = header_and_comment
        .split([' ', '\t'])
        .next()
        .unwrap_or_default();
    let start = colon + rest.len() - header_and_comment.len();
    let mut edits = vec![Edit {
        range: start..start + header.len(),
        text: layout.style.scalar(value, ScalarStyle::Plain, false),
    }];
    let line_end = colon + rest.len();
    let until_end = layout.text.get(..layout.tree.node(old).span.end);
    let content_end = until_end.unwrap_or_default().trim_end().len();
    if content_end > line_end {
        edits.push(Edit {
            range: line_end..content_end,
            text: String::new(),
        });
    }
    Ok(edits)
}
