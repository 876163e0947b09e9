//! Which fields the manifests of Installations have.

use std::collections::BTreeMap;

use serde_yaml::Value;

/// The `spec` of each Installation in manifests, by name, with null in place of each value: also of the fields that
/// are not kept, so that a field that does not exist can be found. A cluster's own has none: its API server drops such
/// fields.
#[derive(Clone, Debug, Default)]
pub struct Outlines(BTreeMap<String, Value>);

impl Outlines {
    /// Those of these Installations.
    pub fn of(outlines: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self(outlines.into_iter().collect())
    }

    /// That of the Installation of this name.
    pub fn of_installation(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// A value without its scalars.
pub fn outline(value: &Value) -> Value {
    match value {
        Value::Mapping(fields) => {
            let fields = fields
                .iter()
                .map(|(key, field)| (key.clone(), outline(field)));
            Value::Mapping(fields.collect())
        }
        Value::Sequence(entries) => entries.iter().map(outline).collect(),
        _ => Value::Null,
    }
}
