//! Placeholders in the Installation.

use serde_yaml::Value;

use super::placeholder::Placeholder;
use crate::assess::advice::placeholder;
use crate::assess::check::Case;
use crate::repair::Step;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::objects::default_installation;

/// Strings of the Installation, but those of its pools.
pub(super) fn placeholders(case: &Case) -> Vec<Placeholder> {
    let Some(installation) = default_installation(case.snapshot) else {
        return Vec::new();
    };
    let mut strings = Vec::new();
    collect("spec", &installation.spec, &mut strings);
    let strings = strings
        .into_iter()
        .filter(|(field, value)| !field.contains(".ipPools") && placeholder::is_in(value));
    strings
        .map(|(field, value)| Placeholder {
            from: Provenance::new(ObjectRef::installation(), field),
            value,
            is_address: false,
            step: Step::new(case.facts.install.lasting("replace it with the value"))
                .run("kubectl edit installations.operator.tigera.io default".to_owned()),
        })
        .collect()
}

/// The strings in a value, by their paths.
fn collect(path: &str, value: &Value, strings: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => strings.push((path.to_owned(), text.clone())),
        Value::Sequence(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                collect(&format!("{path}[{index}]"), entry, strings);
            }
        }
        Value::Mapping(fields) => {
            for (name, field) in fields {
                let name = name.as_str().unwrap_or_default();
                collect(&format!("{path}.{name}"), field, strings);
            }
        }
        _ => {}
    }
}
