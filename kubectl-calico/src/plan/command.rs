//! Commands to paste.

use serde_json::Value;

use crate::assess::shell::patch;

/// A patch of the Installation that the operator reads: `json` or `merge`.
pub(super) fn patch_installation(kind: &str, change: &Value) -> String {
    patch("installations.operator.tigera.io", "default", kind, change)
}
