//! Documents in YAML or JSON that are a text in an object.

use calico_core::nesting::is_too_deep;
use serde::Deserializer as _;

use super::keep::{Fields, Keep};
use super::meter::Meter;
use super::prune::Seed;

/// A text that is no document.
const UNREADABLE: &str = "{";

/// Some fields of a document, as JSON. A text that is no document is replaced by another that is none.
pub(super) fn reduced(text: &str, fields: Fields, meter: &Meter) -> String {
    if is_too_deep(text) {
        return UNREADABLE.to_owned();
    }
    let seed = Seed {
        keep: Keep::Fields(fields),
        meter,
    };
    let kept = serde_yaml::Deserializer::from_str(text).deserialize_any(seed);
    kept.ok()
        .and_then(|kept| serde_json::to_string(&kept).ok())
        .unwrap_or_else(|| UNREADABLE.to_owned())
}
