//! Settings of Felix.

use serde_json::json;

use crate::assess::check::Case;
use crate::repair::calico_node::unset_variable;
use crate::repair::command::Command;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::views::felix::FelixSetting;

/// Removes a setting from the FelixConfiguration or the DaemonSet that has it.
pub(crate) fn removed<T>(case: &Case, object: &ObjectRef, setting: &FelixSetting<T>) -> Command {
    match (object.kind, &object.name) {
        ("FelixConfiguration", Some(name)) => ResourceWriter::of(case.snapshot).patch_spec(
            resource_writer::FELIX_CONFIGURATIONS,
            name,
            &json!({ setting.field: null }),
        ),
        _ => unset_variable(object, setting.variable),
    }
}
