//! Whether what a reader reads after the filter is what it read before, with the edit.

use serde_json::{Value, json};

use super::streams::{BLOCK_SIZE, CIDR, ENCAPSULATION};

/// What a reader makes of the filter's output.
pub(super) enum Output<'a> {
    /// There is none: the filter refuses the stream.
    Refused,
    /// The reader reports an error.
    Error,
    Read(&'a [Value]),
}

pub(super) enum Verdict {
    /// The reader rejects the input.
    Rejected,
    /// It reads an Installation, and the filter refuses the stream.
    Refused,
    /// It reads none, and the filter refuses the stream.
    RefusedWithoutInstallation,
    /// It reads the Installation with the edit, and everything else as before.
    Edited,
    /// It reads no Installation, and everything as before.
    Unchanged,
    /// It reads no Installation, but another reader does.
    OnlyOthers,
    Wrong(String),
}

impl Verdict {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Rejected => "rejected by Go",
            Self::Refused => "agreed: refused with an Installation",
            Self::RefusedWithoutInstallation => "refused without an Installation",
            Self::Edited => "agreed: edited",
            Self::Unchanged => "agreed: unchanged, no Installation",
            Self::OnlyOthers => "an Installation to other readers only",
            Self::Wrong(_) => "WRONG",
        }
    }
}

/// The verdict on what a reader reads before and after the filter. `before` is none if it reports an
/// error. What changes for a reader that finds no Installation
/// does not matter if `any_reader_finds_one`.
pub(super) fn verdict(
    before: Option<&[Value]>,
    after: &Output,
    any_reader_finds_one: bool,
) -> Verdict {
    let Some(before) = before else {
        return Verdict::Rejected;
    };
    let has_installation = has_installation(before);
    if let Output::Refused = after {
        return if has_installation {
            Verdict::Refused
        } else {
            Verdict::RefusedWithoutInstallation
        };
    }
    if !has_installation && any_reader_finds_one {
        return Verdict::OnlyOthers;
    }
    let Output::Read(after) = after else {
        return Verdict::Wrong("the output is an error, the input is none".to_owned());
    };
    if !has_installation {
        return if before == *after {
            Verdict::Unchanged
        } else {
            Verdict::Wrong("an object without an Installation changes".to_owned())
        };
    }
    let (mut before, mut after) = (before.to_vec(), after.to_vec());
    let taken = [take_default(&mut before), take_default(&mut after)];
    let [[old], [new]] = [taken[0].as_slice(), taken[1].as_slice()] else {
        return Verdict::Wrong(format!("not one Installation default: {taken:?}"));
    };
    if before != after {
        return Verdict::Wrong("something else changes".to_owned());
    }
    match edited(old, new) {
        Ok(()) => Verdict::Edited,
        Err(why) => Verdict::Wrong(format!("{why}: {old} becomes {new}")),
    }
}

pub(super) fn has_installation(objects: &[Value]) -> bool {
    objects
        .iter()
        .any(|object| !installations(object, false).is_empty())
}

/// A value without blank lines at the end of its texts: `SplitManifests` drops those at the end of a
/// manifest.
pub(super) fn without_blank_ends(value: &mut Value) {
    match value {
        Value::String(text) => text.truncate(text.trim_end_matches('\n').len()),
        Value::Array(items) => items.iter_mut().for_each(without_blank_ends),
        Value::Object(entries) => entries.values_mut().for_each(without_blank_ends),
        _ => {}
    }
}

/// The paths of the Installations in an object: indexes into `items`, one per list.
fn installations(object: &Value, in_typed_list: bool) -> Vec<Vec<usize>> {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let has_type = (text("kind"), text("apiVersion")) == ("Installation", "operator.tigera.io/v1");
    let is_untyped = object.is_object() && text("kind").is_empty() && text("apiVersion").is_empty();
    if has_type || in_typed_list && is_untyped {
        return vec![Vec::new()];
    }
    let is_typed_list =
        (text("kind"), text("apiVersion")) == ("InstallationList", "operator.tigera.io/v1");
    let items = object["items"].as_array();
    let of_item = |(index, item)| {
        installations(item, is_typed_list)
            .into_iter()
            .map(move |path| [vec![index], path].concat())
    };
    items
        .into_iter()
        .flatten()
        .enumerate()
        .flat_map(of_item)
        .collect()
}

/// Takes the Installations named `default` out of objects.
fn take_default(objects: &mut [Value]) -> Vec<Value> {
    let mut taken = Vec::new();
    for object in objects {
        for path in installations(object, false) {
            let found = path
                .iter()
                .fold(&mut *object, |object, index| &mut object["items"][*index]);
            if found["metadata"]["name"] == "default" {
                taken.push(found.take());
            }
        }
    }
    taken
}

/// Whether `new` is `old` with the three fields in one pool, or in a pool more.
fn edited(old: &Value, new: &Value) -> Result<(), &'static str> {
    let (mut old, mut new) = (old.clone(), new.clone());
    let [old_pools, mut new_pools] = [take_pools(&mut old), take_pools(&mut new)];
    if old != new {
        return Err("another setting changes");
    }
    let fields = [
        ("cidr", json!(CIDR)),
        ("blockSize", json!(BLOCK_SIZE)),
        ("encapsulation", json!(ENCAPSULATION)),
    ];
    let has_fields = |pool: &Value| fields.iter().all(|(key, value)| &pool[*key] == value);
    let at = new_pools
        .iter()
        .position(has_fields)
        .ok_or("no pool has the fields")?;
    let mut expected = old_pools;
    if expected.len() < new_pools.len() {
        expected.push(json!({}));
    }
    let pool = expected.get_mut(at).ok_or("a pool disappears")?;
    for (key, value) in fields {
        pool[key] = value;
    }
    if expected == std::mem::take(&mut new_pools) {
        Ok(())
    } else {
        Err("another pool or field changes")
    }
}

/// Takes the pools out of an Installation, with what is empty without them.
fn take_pools(installation: &mut Value) -> Vec<Value> {
    let pools = installation
        .pointer_mut("/spec/calicoNetwork/ipPools")
        .map(Value::take);
    for (parent, key) in [
        ("/spec/calicoNetwork", "ipPools"),
        ("/spec", "calicoNetwork"),
        ("", "spec"),
    ] {
        if let Some(Value::Object(parent)) = installation.pointer_mut(parent)
            && parent
                .get(key)
                .is_some_and(|value| value.is_null() || value == &json!({}))
        {
            parent.remove(key);
        }
    }
    match pools {
        Some(Value::Array(pools)) => pools,
        _ => Vec::new(),
    }
}
