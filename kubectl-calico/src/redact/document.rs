//! The documents of a snapshot.

use serde_json::Value;

/// Whether a document is an object of that kind.
pub(super) fn is_of_kind(document: &Value, kind: &str) -> bool {
    document.get("kind").and_then(Value::as_str) == Some(kind)
}
