//! Changes to objects.

use serde_json::{Map, Value};

/// Merges a patch into the object of the same kind, namespace and name, or adds it as an object.
/// `$patch: delete` removes the object instead.
pub(super) fn apply(objects: &mut Vec<Value>, patch: &Value) {
    let index = objects
        .iter()
        .position(|object| identity(object) == identity(patch));
    match (index, patch["$patch"] == "delete") {
        (Some(index), true) => {
            objects.remove(index);
        }
        (None, true) => panic!("no object {:?} to delete", identity(patch)),
        (Some(index), false) => merge(&mut objects[index], patch),
        (None, false) => objects.push(patch.clone()),
    }
}

/// Kind, namespace and name.
fn identity(object: &Value) -> [String; 3] {
    let metadata = &object["metadata"];
    [&object["kind"], &metadata["namespace"], &metadata["name"]].map(Value::to_string)
}

/// A JSON merge patch (RFC 7386).
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
