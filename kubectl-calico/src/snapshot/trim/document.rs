//! YAML or JSON documents embedded in an object as a string.

use calico_core::nesting;
use serde::de::DeserializeSeed;
use serde_yaml::{Deserializer, Value};

/// A string that is not a document.
const UNREADABLE: &str = "{";

/// What `seed` keeps of a document, as JSON. A string that is not a document is replaced with a
/// placeholder that is not one either.
pub(super) fn reduced<'a>(text: &'a str, seed: impl DeserializeSeed<'a, Value = Value>) -> String {
    if nesting::obstacle(text).is_some() {
        return UNREADABLE.to_owned();
    }
    let kept = seed.deserialize(Deserializer::from_str(text)).ok();
    kept.and_then(|kept| serde_json::to_string(&kept).ok())
        .unwrap_or_else(|| UNREADABLE.to_owned())
}
