//! The second opinion: a parser of another lineage reads the document before and after, and the
//! two must differ in the fields that were set and in nothing else.

use serde_yaml::{Mapping, Value};

use calico_core::text::shown;

use crate::find::located::{self, Located};
use crate::plan::model::PoolPlan;
use crate::plan::request;
use crate::read::stream::{self, Stream};
use crate::read::tree::Tree;
use crate::refusal::Refusal;

/// Confirms that `edited` means `before` with the fields of `plans` set. Returns it as both parsers
/// read it.
pub(crate) fn verify(
    located: &Located,
    before: &Value,
    plans: &[PoolPlan],
    edited: &str,
) -> Result<(Tree, Value), Refusal> {
    let unconfirmed = |why: String| {
        Refusal::new("the edit could not be confirmed, so nothing was written")
            .of(format!("Installation {}", located.name))
            .why(why)
            .fix(if located.text.ends_with('\n') {
                "write the pools in plain block style in what the chart renders, and please report this"
            } else {
                "end the document with a line end"
            })
    };
    let mut want = before.clone();
    set(&mut want, &located.items, plans)
        .ok_or_else(|| unconfirmed("the pools have another form than expected".to_owned()))?;
    let after: Value =
        serde_yaml::from_str(edited).map_err(|error| unconfirmed(shown(error.to_string())))?;
    // kubectl ends a last line that has no end, which blank lines of a block scalar can tell.
    let ended = |text: &str| serde_yaml::from_str::<Value>(&format!("{text}\n")).ok();
    let ended_as_wanted = || {
        let mut want = ended(&located.text)?;
        set(&mut want, &located.items, plans)?;
        Some(ended(edited)? == want)
    };
    let is_ended = edited.ends_with('\n');
    if after != want || !is_ended && ended_as_wanted() != Some(true) {
        return Err(unconfirmed(
            "the document would mean something else than the old one with the fields set"
                .to_owned(),
        ));
    }
    // What follows in the stream starts where this document ends.
    let is_one = Stream::new(edited.as_bytes().to_vec()).documents().len() == 1
        && stream::parts(edited.as_bytes()).len() == 1;
    if !is_one || is_ended != located.text.ends_with('\n') {
        return Err(unconfirmed("the document would end elsewhere".to_owned()));
    }
    let tree = Tree::parse(edited)
        .map_err(|_| unconfirmed("the first reader would not take the document".to_owned()))?;
    if located.is_json && !located::is_json(edited, &tree) {
        return Err(unconfirmed(
            "the document would no longer be JSON".to_owned(),
        ));
    }
    Ok((tree, after))
}

/// The edit on data instead of text. None where the data has another form than the text led to
/// expect.
fn set(document: &mut Value, items: &[usize], plans: &[PoolPlan]) -> Option<()> {
    if !plans.iter().any(PoolPlan::changes) {
        return Some(());
    }
    let mut value = document;
    for index in items {
        value = value.get_mut("items")?.get_mut(*index)?;
    }
    for key in ["spec", "calicoNetwork"] {
        value = level(value, key, Value::Mapping(Mapping::new()))?;
    }
    let pools = level(value, "ipPools", Value::Sequence(Vec::new()))?.as_sequence_mut()?;
    for plan in plans {
        if plan.is_new {
            pools.push(Value::Mapping(Mapping::new()));
        }
        let pool = pools.get_mut(plan.index)?.as_mapping_mut()?;
        for field in &plan.fields {
            let Some(new) = &field.new else { continue };
            let new = match new {
                request::Value::Text(text) => Value::from(text.as_str()),
                request::Value::Integer(number) => Value::from(*number),
            };
            pool.insert(Value::from(field.field.key()), new);
        }
        for other in &plan.others {
            pool.insert(Value::from(other.key.as_str()), other.value.clone());
        }
    }
    Some(())
}

fn level<'v>(parent: &'v mut Value, key: &str, empty: Value) -> Option<&'v mut Value> {
    let map = parent.as_mapping_mut()?;
    if map.get(key).is_none_or(Value::is_null) {
        map.insert(Value::from(key), empty);
    }
    map.get_mut(key)
}
