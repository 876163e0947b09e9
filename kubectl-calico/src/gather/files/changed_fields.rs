//! The fields in which two versions of an object differ.

use std::collections::BTreeSet;

use serde_yaml::Value;

/// Their paths, as evidence of findings has them: `spec.ipPools[0].cidr`, `label KEY`. The status, and
/// metadata that only the API server writes, do not count.
pub(super) fn changed_fields(before: &Value, after: &Value) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for part in keys(before, after) {
        let (one, other) = (before.get(&part), after.get(&part));
        match part.as_str() {
            "status" | "apiVersion" | "kind" => {}
            "metadata" => {
                for (name, word) in [("labels", "label"), ("annotations", "annotation")] {
                    let of = |metadata: Option<&Value>| metadata?.get(name).cloned();
                    let (one, other) = (of(one).unwrap_or_default(), of(other).unwrap_or_default());
                    let differing = keys(&one, &other)
                        .into_iter()
                        .filter(|key| one.get(key) != other.get(key));
                    fields.extend(differing.map(|key| format!("{word} {key}")));
                }
            }
            _ => collect(part, one, other, &mut fields),
        }
    }
    fields
}

fn collect(
    path: String,
    one: Option<&Value>,
    other: Option<&Value>,
    fields: &mut BTreeSet<String>,
) {
    if one == other {
        return;
    }
    match (one, other) {
        (Some(Value::Sequence(one)), Some(Value::Sequence(other))) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                collect(format!("{path}[{index}]"), Some(one), Some(other), fields);
            }
        }
        (Some(Value::Mapping(_)), Some(Value::Mapping(_)) | None)
        | (None, Some(Value::Mapping(_))) => {
            let nothing = Value::Null;
            let (one, other) = (one.unwrap_or(&nothing), other.unwrap_or(&nothing));
            for key in keys(one, other) {
                let path = format!("{path}.{key}");
                collect(path, one.get(&key), other.get(&key), fields);
            }
        }
        _ => {
            fields.insert(path);
        }
    }
}

/// The keys of two maps.
fn keys(one: &Value, other: &Value) -> BTreeSet<String> {
    let maps = [one, other].into_iter().filter_map(Value::as_mapping);
    let keys = maps.flat_map(|map| map.keys());
    keys.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_in_evidence() {
        let parse = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
        let before = parse(
            "{metadata: {uid: a, labels: {x: '1'}}, status: {a: 1}, \
             spec: {pools: [{cidr: a, size: 1}], same: 1, list: [1]}}",
        );
        let after = parse(
            "{metadata: {labels: {x: '2'}}, \
             spec: {pools: [{cidr: b, size: 1}], same: 1, list: [1, 2], new: {deep: 1}}}",
        );
        let fields = changed_fields(&before, &after);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        assert_eq!(
            fields,
            [
                "label x",
                "spec.list",
                "spec.new.deep",
                "spec.pools[0].cidr"
            ]
        );
    }
}
