//! From fields to set to bytes to replace. Everything else keeps its bytes.
//!
//! Every way to write a field is here: in place of a scalar, as a new key of a block or a flow
//! mapping, as a new pool, and as missing levels above them. What comes out is checked by
//! [`crate::edit::verify`] before it counts.

use granit_parser::{ScalarStyle, StructureStyle};

use crate::edit::layout::Layout;
use crate::edit::style::New;
use crate::find::located::Located;
use crate::find::obstacle::{Obstacle, editable};
use crate::find::pool_path::Path;
use crate::plan::model::PoolPlan;
use crate::plan::request::Value;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId};

/// The edits that set the fields of `plans`, in order.
pub(crate) fn edits(located: &Located, plans: &[PoolPlan]) -> Result<Vec<Edit>, Obstacle> {
    let layout = Layout::of(located);
    let path = Path::of(located);
    let mut edits = Vec::new();
    for plan in plans.iter().filter(|plan| !plan.is_new) {
        if let Some(pool) = path.pools.get(plan.index) {
            edits.extend(in_pool(&layout, &path, *pool, plan)?);
        }
    }
    let pools: Vec<New> = plans
        .iter()
        .filter(|plan| plan.is_new)
        .map(new_pool)
        .collect();
    if !pools.is_empty() {
        edits.extend(append(&layout, &path, pools)?);
    }
    edits.sort_by_key(|edit| edit.range.start);
    Ok(edits)
}

fn new_pool(plan: &PoolPlan) -> New {
    let fields = plan.fields.iter().filter_map(|field| {
        let value = field.new.clone()?;
        Some((field.field.key().to_owned(), New::Scalar(value)))
    });
    New::Map(fields.chain(others(plan)).collect())
}

fn others(plan: &PoolPlan) -> impl Iterator<Item = (String, New)> {
    let others = plan.others.iter();
    others.map(|other| (other.key.clone(), New::Copy(other.value.clone())))
}

fn in_pool(
    layout: &Layout,
    path: &Path,
    pool: NodeId,
    plan: &PoolPlan,
) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    if plan.changes() {
        for node in path.maps.iter().chain(&path.list).chain([&pool]) {
            editable(tree, *node)?;
        }
    }
    for field in &plan.fields {
        let Some(value) = &field.new else { continue };
        match tree.entry(pool, field.field.key()) {
            Some((key, old)) => edits.extend(replace(layout, key, old, value)?),
            None => missing.push((field.field.key().to_owned(), New::Scalar(value.clone()))),
        }
    }
    missing.extend(others(plan));
    if !missing.is_empty() {
        // Behind the cidr, where people look for the others.
        let anchor = tree.entry(pool, "cidr");
        edits.push(add_keys(layout, pool, anchor, missing)?);
    }
    Ok(edits)
}

/// Writes `value` in place of the scalar, or of nothing, that `key` has.
fn replace(
    layout: &Layout,
    key: NodeId,
    old: NodeId,
    value: &Value,
) -> Result<Vec<Edit>, Obstacle> {
    let (tree, node) = (layout.tree, layout.tree.node(old));
    if tree.is_shared(old) {
        editable(tree, old)?;
    }
    let in_flow = layout.is_in_flow(key);
    match &node.data {
        Data::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) => {
            layout.replace_block_scalar(key, old, value)
        }
        Data::Scalar(_, ScalarStyle::Plain) if node.span.is_empty() => {
            let at = layout.after_colon(key, old)?;
            let text = layout.style.scalar(value, ScalarStyle::Plain, in_flow);
            Ok(vec![Edit::insert(at, format!(" {text}"))])
        }
        Data::Scalar(_, style) => Ok(vec![Edit {
            range: node.span.clone(),
            text: layout.style.scalar(value, *style, in_flow),
        }]),
        Data::Alias(_) => Ok(vec![Edit {
            range: node.span.clone(),
            text: layout.style.scalar(value, ScalarStyle::Plain, in_flow),
        }]),
        Data::Map(..) | Data::Seq(..) => Err(Obstacle {
            what: "a field to set holds a collection".to_owned(),
            at: node.span.start,
            why: "it is a single value in the Installation's schema",
            fix: "remove it from what the chart renders",
        }),
    }
}

/// Adds `pools` to the list, making the levels above it that are missing.
fn append(layout: &Layout, path: &Path, pools: Vec<New>) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    for node in path.maps.iter().chain(&path.list) {
        editable(tree, *node)?;
    }
    if let Some(list) = path.list
        && !tree.is_null(list)
    {
        return add_items(layout, list, pools);
    }
    let mut new = New::Seq(pools);
    let mut keys = vec!["ipPools", "calicoNetwork", "spec"].into_iter();
    let missing = 3 - path.maps.len() + usize::from(path.list.is_none());
    // A level that is there but null is filled; one that is not is added to its parent.
    let null_level = path.list.or(path.maps.last().copied());
    if let Some(null) = null_level.filter(|node| tree.is_null(*node)) {
        for key in keys.take(missing) {
            new = New::Map(vec![(key.to_owned(), new)]);
        }
        return fill_null(layout, path, null, &new);
    }
    let Some(parent) = path.maps.last().copied() else {
        return Ok(Vec::new());
    };
    for key in keys.by_ref().take(missing.saturating_sub(1)) {
        new = New::Map(vec![(key.to_owned(), new)]);
    }
    let Some(key) = keys.next() else {
        return Ok(Vec::new());
    };
    if !matches!(tree.node(parent).data, Data::Map(..)) {
        return Err(Obstacle {
            what: "a level above the pools is not a mapping".to_owned(),
            at: tree.node(parent).span.start,
            why: "it is an object in the Installation's schema",
            fix: "remove it from what the chart renders",
        });
    }
    let is_root = path.maps.len() == 1;
    let edit = match layout.key_of(path, parent).filter(|_| !is_root) {
        Some(parent_key) => {
            layout.first_in(parent_key, parent, vec![(key.to_owned(), new.clone())])
        }
        None => None,
    };
    match edit {
        Some(edit) => Ok(vec![edit]),
        None => Ok(vec![add_keys(
            layout,
            parent,
            None,
            vec![(key.to_owned(), new)],
        )?]),
    }
}

/// Adds keys to a mapping: behind `anchor`, or else at its end.
fn add_keys(
    layout: &Layout,
    map: NodeId,
    anchor: Option<(NodeId, NodeId)>,
    keys: Vec<(String, New)>,
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
        return Ok(layout.add_to_flow_map(map, anchor, &keys));
    }
    let Some((_, last)) = anchor else {
        return Err(layout.unplaceable(map));
    };
    let column = layout.column(entries.first().map_or(map, |(key, _)| *key));
    let at = layout.end_of_line_behind(last)?;
    let text = layout.style.block_keys(&keys, column);
    Ok(Edit::insert(at.at, at.wrap(&text, layout.style.newline)))
}

fn add_items(layout: &Layout, list: NodeId, pools: Vec<New>) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    let Data::Seq(items, style) = &tree.node(list).data else {
        return Err(Obstacle {
            what: "ipPools is not a list".to_owned(),
            at: tree.node(list).span.start,
            why: "it is an array in the Installation's schema",
            fix: "remove it from what the chart renders",
        });
    };
    if *style == StructureStyle::Flow {
        return Ok(vec![layout.add_to_flow_list(
            list,
            items.last().copied(),
            &pools,
        )]);
    }
    let Some(last) = items.last().copied() else {
        return Err(layout.unplaceable(list));
    };
    let Some(column) = items.iter().find_map(|item| layout.dash_column(*item)) else {
        return Err(layout.unplaceable(list));
    };
    let at = layout.end_of_line_behind(last)?;
    let text = layout.style.block_items(&pools, column);
    Ok(vec![Edit::insert(
        at.at,
        at.wrap(&text, layout.style.newline),
    )])
}

/// Writes `new` where a level is null or empty.
fn fill_null(layout: &Layout, path: &Path, null: NodeId, new: &New) -> Result<Vec<Edit>, Obstacle> {
    let tree = layout.tree;
    let Some(key) = layout.key_of(path, null) else {
        return Err(layout.unplaceable(null));
    };
    let span = tree.node(null).span.clone();
    if layout.is_in_flow(key) {
        let text = layout.style.flow(new);
        return Ok(vec![if span.is_empty() {
            Edit::insert(layout.after_colon(key, null)?, format!(" {text}"))
        } else {
            Edit { range: span, text }
        }]);
    }
    let colon = layout.after_colon(key, null)?;
    let at = layout.end_of_line(span.end.max(colon))?;
    let text = layout.style.block_below(new, layout.column(key));
    let mut edits = vec![Edit::insert(at.at, at.wrap(&text, layout.style.newline))];
    if !span.is_empty() {
        edits.insert(
            0,
            Edit {
                range: colon..span.end,
                text: String::new(),
            },
        );
    }
    Ok(edits)
}
