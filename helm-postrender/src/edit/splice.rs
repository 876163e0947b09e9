//! From the fields to set to the bytes to replace. Everything else keeps its bytes.
//!
//! A field becomes the value of a key that exists ([`crate::edit::values`]), a new key of a pool, or
//! part of a new pool, if necessary with its missing parents. The result is checked by
//! [`crate::edit::verify`] before it is used.

use crate::edit::entries::{add_items, add_keys, add_keys_at_top};
use crate::edit::layout::Layout;
use crate::edit::style::NewNode;
use crate::edit::values;
use crate::find::installation::LocatedInstallation;
use crate::find::obstacle::{Obstacle, check_editable};
use crate::find::pool_path::{KEYS, PoolPath};
use crate::plan::model::PoolPlan;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId};

/// The edits that set the fields of `plans`, in order.
pub(crate) fn edits(
    located: &LocatedInstallation,
    plans: &[PoolPlan],
) -> Result<Vec<Edit>, Obstacle> {
    let layout = Layout::of(located);
    let path = PoolPath::of(located);
    let mut edits = Vec::new();
    let mut new_pools = Vec::new();
    for plan in plans {
        if plan.is_new {
            new_pools.push(new_pool(plan));
        } else if let Some(pool) = path.pools.get(plan.index) {
            edits.extend(set_in_pool(&layout, &path, *pool, plan)?);
        }
    }
    if !new_pools.is_empty() {
        edits.extend(add_pools(&layout, &path, new_pools)?);
    }
    edits.sort_by_key(|edit| edit.range.start);
    Ok(edits)
}

fn new_pool(plan: &PoolPlan) -> NewNode {
    let fields = plan.fields.iter().filter_map(|field| {
        let value = field.new.clone()?;
        Some((field.field.key().to_owned(), NewNode::Scalar(value)))
    });
    NewNode::Map(fields.chain(copied_fields(plan)).collect())
}

fn copied_fields(plan: &PoolPlan) -> impl Iterator<Item = (String, NewNode)> {
    plan.copied
        .iter()
        .map(|copied| (copied.key.clone(), NewNode::Copy(copied.value.clone())))
}

fn set_in_pool(
    layout: &Layout,
    path: &PoolPath,
    pool: NodeId,
    plan: &PoolPlan,
) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    if plan.changes() {
        check_path(layout, path)?;
        check_editable(tree, pool)?;
    }
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    for field in &plan.fields {
        let Some(value) = &field.new else { continue };
        match tree.entry(pool, field.field.key()) {
            Some((key, old)) => edits.extend(values::replace(layout, key, old, value)?),
            None => missing.push((field.field.key().to_owned(), NewNode::Scalar(value.clone()))),
        }
    }
    missing.extend(copied_fields(plan));
    if !missing.is_empty() {
        // After the cidr, where people look for the other fields.
        edits.push(add_keys(layout, pool, tree.entry(pool, "cidr"), &missing)?);
    }
    Ok(edits)
}

fn check_path(layout: &Layout, path: &PoolPath) -> Result<(), Obstacle> {
    path.maps
        .iter()
        .chain(&path.list)
        .try_for_each(|node| check_editable(layout.tree, *node))
}

/// Adds pools to the end of the list, with its parents if they are missing.
fn add_pools(layout: &Layout, path: &PoolPath, pools: Vec<NewNode>) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    check_path(layout, path)?;
    let existing: Vec<NodeId> = path.maps.iter().chain(&path.list).copied().collect();
    let [.., last] = *existing else {
        return Ok(Vec::new());
    };
    if let Some(list) = path.list
        && !tree.is_null(list)
    {
        return Ok(vec![add_items(layout, list, &pools)?]);
    }
    // `existing` starts with the Installation, which is not one of the keys.
    let missing = KEYS.get(existing.len() - 1..).unwrap_or_default();
    let list = NewNode::Seq(pools);
    if tree.is_null(last) {
        return fill_null(layout, path, last, &nested(missing, list));
    }
    let Some((key, below)) = missing.split_first() else {
        return Ok(Vec::new());
    };
    let entry = [((*key).to_owned(), nested(below, list))];
    Ok(vec![add_to_parent(layout, path, last, &entry)?])
}

/// A node inside mappings with these keys, the first being the outermost.
fn nested(keys: &[&str], node: NewNode) -> NewNode {
    keys.iter().rev().fold(node, |node, key| {
        NewNode::Map(vec![((*key).to_owned(), node)])
    })
}

/// Adds a key to the last node of the path.
fn add_to_parent(
    layout: &Layout,
    path: &PoolPath,
    parent: NodeId,
    entry: &[(String, NewNode)],
) -> Result<Edit, Obstacle> {
    if !matches!(layout.tree.node(parent).data, Data::Map(..)) {
        return Err(Obstacle {
            what: "a parent of ipPools is not a mapping".to_owned(),
            at: layout.tree.node(parent).span.start,
            why: "it is an object in the Installation's schema",
            fix: "remove it from what the chart renders",
        });
    }
    key_of(layout, path, parent)
        .and_then(|key| add_keys_at_top(layout, key, parent, entry))
        .map_or_else(|| add_keys(layout, parent, None, entry), Ok)
}

/// Writes a node where the last node of the path is null.
fn fill_null(
    layout: &Layout,
    path: &PoolPath,
    null: NodeId,
    new: &NewNode,
) -> Result<Vec<Edit>, Obstacle> {
    let Some(key) = key_of(layout, path, null) else {
        return Err(layout.no_place(null));
    };
    let span = layout.tree.node(null).span.clone();
    let in_flow = layout.is_in_flow(key);
    if in_flow && !span.is_empty() {
        let text = layout.style.flow(new);
        return Ok(vec![Edit { range: span, text }]);
    }
    let colon = layout.after_colon(key, null)?;
    if in_flow {
        let text = layout.style.flow(new);
        return Ok(vec![Edit::insert(colon, format!(" {text}"))]);
    }
    let lines = layout.style.block_below(new, layout.column(key));
    let place = layout.line_end(span.end.max(colon))?;
    let mut edits = Vec::new();
    if !span.is_empty() {
        edits.push(Edit {
            range: colon..span.end,
            text: String::new(),
        });
    }
    edits.push(layout.insert_lines(&place, &lines));
    Ok(edits)
}

/// The key of a node on the path; none for the Installation itself.
fn key_of(layout: &Layout, path: &PoolPath, node: NodeId) -> Option<NodeId> {
    path.maps
        .iter()
        .flat_map(|map| layout.tree.entries(*map))
        .find(|(_, value)| *value == node)
        .map(|(key, _)| *key)
}
