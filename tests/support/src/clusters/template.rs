//! The templates in tests/fixtures/clusters.

use std::fs;

use serde_json::Value;

use crate::documents::parse;
use crate::repository;

/// The documents of a template, with each `{{name}}` replaced by its value.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> Vec<Value> {
    let path = repository().join("tests/fixtures/clusters").join(template);
    let mut text = fs::read_to_string(path).unwrap();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    assert!(
        !text.contains("{{"),
        "{template} has a placeholder without a value:\n{text}"
    );
    parse(&text)
}
