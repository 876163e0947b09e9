//! New entries of mappings and lists, in block or flow style.

use granit_parser::StructureStyle;

use crate::edit::layout::Layout;
use crate::edit::style::NewNode;
use crate::find::obstacle::Obstacle;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId};

/// Adds keys to a mapping: after the entry `anchor` (its key and value), or else at the end.
pub(crate) fn add_keys(
    layout: &Layout,
    map: NodeId,
    anchor: Option<(NodeId, NodeId)>,
    keys: &[(String, NewNode)],
) -> Result<Edit, Obstacle> {
    let tree = layout.tree;
    let Data::Map(entries, style) = &tree.node(map).data else {
        return Err(Obstacle {
            what: "a pool is not a mapping".to_owned(),
            at: tree.node(map).span.start,
            why: "it is an object in the Installation's schema",
            fix: "remove it from what the chart renders",
        });
    };
    let anchor = anchor.or_else(|| entries.last().copied());
    if *style == StructureStyle::Flow {
        let at = tree.node(map).span.start;
        if layout.text.as_bytes().get(at) != Some(&b'{') {
            return Err(Obstacle {
                what: "a pool is a single pair without braces".to_owned(),
                at,
                why: "the pair would need braces to hold another key",
                fix: "write it in braces in what the chart renders: [{cidr: …}]",
            });
        }
        return Ok(add_to_flow_map(layout, map, anchor, keys));
    }
    let Some((_, last)) = anchor else {
        return Err(layout.no_place(map));
    };
    let first_key = entries.first().map_or(map, |(key, _)| *key);
    let lines = layout.style.block_keys(keys, layout.column(first_key));
    Ok(layout.insert_lines(&layout.line_after(last)?, &lines))
}

/// Adds keys at the top of a block mapping, below the line of its parent's key: a comment above the
/// first key stays with that key. None if the mapping does not start on a line of its own.
pub(crate) fn add_keys_at_top(
    layout: &Layout,
    parent_key: NodeId,
    map: NodeId,
    keys: &[(String, NewNode)],
) -> Option<Edit> {
    let first = *layout.tree.block_keys(map).first()?;
    let colon = layout.after_colon(parent_key, map).ok()?;
    let between = layout.text.get(colon..layout.tree.node(first).span.start)?;
    if !between.contains('\n') {
        return None;
    }
    let lines = layout.style.block_keys(keys, layout.column(first));
    Some(layout.insert_lines(&layout.line_end(colon).ok()?, &lines))
}

/// Adds items to the end of a list.
pub(crate) fn add_items(layout: &Layout, list: NodeId, new: &[NewNode]) -> Result<Edit, Obstacle> {
    let tree = layout.tree;
    let Data::Seq(items, style) = &tree.node(list).data else {
        return Err(Obstacle {
            what: "ipPools is not a list".to_owned(),
            at: tree.node(list).span.start,
            why: "it is an array in the Installation's schema",
            fix: "remove it from what the chart renders",
        });
    };
    let last = items.last().copied();
    if *style == StructureStyle::Flow {
        return Ok(add_to_flow_list(layout, list, last, new));
    }
    let column = items.iter().find_map(|item| layout.dash_column(*item));
    let (Some(last), Some(column)) = (last, column) else {
        return Err(layout.no_place(list));
    };
    let lines = layout.style.block_items(new, column);
    Ok(layout.insert_lines(&layout.line_after(last)?, &lines))
}

/// Adds keys to a flow mapping: after the entry `anchor`, or before the first entry if a comment
/// follows, which would otherwise end up after the new keys.
fn add_to_flow_map(
    layout: &Layout,
    map: NodeId,
    anchor: Option<(NodeId, NodeId)>,
    keys: &[(String, NewNode)],
) -> Edit {
    let tree = layout.tree;
    let Some((anchor_key, anchor_value)) = anchor else {
        let at = tree.node(map).span.start + 1;
        return Edit::insert(at, layout.style.flow_entries(keys, ", "));
    };
    let first = tree
        .entries(map)
        .first()
        .map_or(anchor_key, |(key, _)| *key);
    let separator = separator_before(layout, first);
    let entries = layout.style.flow_entries(keys, &separator);
    let anchor_span = &tree.node(anchor_value).span;
    if anchor_span.is_empty() || comment_may_follow(layout, anchor_span.end) {
        let at = tree.node(first).span.start;
        return Edit::insert(at, format!("{entries}{separator}"));
    }
    Edit::insert(anchor_span.end, format!("{separator}{entries}"))
}

fn comment_may_follow(layout: &Layout, at: usize) -> bool {
    layout.rest_of_line(at).contains('#')
}

/// Adds items to the end of a flow sequence.
fn add_to_flow_list(
    layout: &Layout,
    list: NodeId,
    last: Option<NodeId>,
    items: &[NewNode],
) -> Edit {
    let Some(last) = last else {
        let at = layout.tree.node(list).span.start + 1;
        return Edit::insert(at, layout.style.flow_items(items, ", "));
    };
    let separator = separator_before(layout, last);
    let items = layout.style.flow_items(items, &separator);
    let at = layout.tree.node(last).span.end;
    Edit::insert(at, format!("{separator}{items}"))
}

/// What separates the entries of a flow collection: a comma, and a new line if `entry` starts one.
fn separator_before(layout: &Layout, entry: NodeId) -> String {
    let start = layout.tree.node(entry).span.start;
    let before = layout.text.get(..start).unwrap_or_default();
    match before.rsplit_once('\n') {
        Some((_, indent)) if indent.trim().is_empty() => {
            format!(",{}{indent}", layout.style.newline)
        }
        _ => ", ".to_owned(),
    }
}
