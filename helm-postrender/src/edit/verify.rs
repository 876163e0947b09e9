//! Verifies an edit: the second parser reads the document before and after, and the two must differ
//! in the fields that were set and in nothing else.

use serde_yaml::{Mapping, Value};

use calico_core::text::shown;

use crate::find::installation::{LocatedInstallation, is_json};
use crate::find::pool_path::KEYS;
use crate::plan::model::PoolPlan;
use crate::plan::request::FieldValue;
use crate::read::markers;
use crate::read::stream::Stream;
use crate::read::tree::Tree;
use crate::refusal::Refusal;

/// A document after an edit, as both parsers read it.
pub(crate) struct Verified {
    pub(crate) tree: Tree,
    pub(crate) document: Value,
}

/// Verifies that `edited` means `before` with the fields of `plans` set.
pub(crate) fn verify(
    located: &LocatedInstallation,
    before: &Value,
    plans: &[PoolPlan],
    edited: &str,
) -> Result<Verified, Refusal> {
    read_edited(located, before, plans, edited).map_err(|why| {
        Refusal::new("the edit could not be verified, so nothing was written")
            .of(format!("Installation {}", located.name))
            .why(why)
            .fix(if located.text.ends_with('\n') {
                "write the pools in plain block style in what the chart renders, and please report \
                 this problem"
            } else {
                "end the document with a line break"
            })
    })
}

/// The edited document, or why it is not what it should be.
fn read_edited(
    located: &LocatedInstallation,
    before: &Value,
    plans: &[PoolPlan],
    edited: &str,
) -> Result<Verified, String> {
    let expected = with_fields(before.clone(), &located.items, plans)
        .ok_or("the pools have an unexpected form")?;
    let document: Value = serde_yaml::from_str(edited).map_err(|error| shown(error.to_string()))?;
    let is_terminated = edited.ends_with('\n');
    if document != expected || !is_terminated && !is_same_when_terminated(located, plans, edited) {
        return Err("the document would change in more than the fields to set".to_owned());
    }
    // The rest of the stream starts where this document ends.
    let is_one_document = Stream::new(edited.as_bytes().to_vec()).documents().len() == 1
        && markers::parts(edited.as_bytes()).len() == 1;
    if !is_one_document || is_terminated != located.text.ends_with('\n') {
        return Err("the document would end in a different place".to_owned());
    }
    let tree = Tree::parse(edited).map_err(|_| "the first parser would reject the document")?;
    if located.is_json && !is_json(edited, &tree) {
        return Err("the document would no longer be JSON".to_owned());
    }
    Ok(Verified { tree, document })
}

/// Whether the edit means the same with a line break after the last line, which kubectl adds. Blank
/// lines of a block scalar can make a difference.
fn is_same_when_terminated(
    located: &LocatedInstallation,
    plans: &[PoolPlan],
    edited: &str,
) -> bool {
    let read = |text: &str| serde_yaml::from_str::<Value>(&format!("{text}\n")).ok();
    let expected =
        read(&located.text).and_then(|before| with_fields(before, &located.items, plans));
    expected.is_some() && expected == read(edited)
}

/// The same edit on data instead of text. None if the data does not have the expected form.
fn with_fields(mut document: Value, items: &[usize], plans: &[PoolPlan]) -> Option<Value> {
    if plans.iter().any(PoolPlan::changes) {
        set_fields(&mut document, items, plans)?;
    }
    Some(document)
}

fn set_fields(document: &mut Value, items: &[usize], plans: &[PoolPlan]) -> Option<()> {
    let mut installation = document;
    for index in items {
        installation = installation.get_mut("items")?.get_mut(*index)?;
    }
    let [spec, network, list] = KEYS;
    let spec = get_or_insert(installation, spec, Value::Mapping(Mapping::new()))?;
    let network = get_or_insert(spec, network, Value::Mapping(Mapping::new()))?;
    let list = get_or_insert(network, list, Value::Sequence(Vec::new()))?;
    let pools = list.as_sequence_mut()?;
    for plan in plans {
        if plan.is_new {
            pools.push(Value::Mapping(Mapping::new()));
        }
        let pool = pools.get_mut(plan.index)?.as_mapping_mut()?;
        for field in &plan.fields {
            let value = match &field.new {
                Some(FieldValue::Text(text)) => Value::from(text.as_str()),
                Some(FieldValue::Integer(number)) => Value::from(*number),
                None => continue,
            };
            pool.insert(Value::from(field.field.key()), value);
        }
        for copied in &plan.copied {
            pool.insert(Value::from(copied.key.as_str()), copied.value.clone());
        }
    }
    Some(())
}

/// The value of `key`, which is set to `default` first if it is missing or null.
fn get_or_insert<'v>(parent: &'v mut Value, key: &str, default: Value) -> Option<&'v mut Value> {
    let map = parent.as_mapping_mut()?;
    if map.get(key).is_none_or(Value::is_null) {
        map.insert(Value::from(key), default);
    }
    map.get_mut(key)
}
