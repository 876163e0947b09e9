//! Commands of fixes that change something other than a pool.

use serde_json::Value;

use crate::assess::check::Case;
use crate::assess::views::calico_node::CalicoNode;
use crate::repair::calico_node::{patch_config_map, set_variable, unset_variable};
use crate::repair::command::Command;
use crate::repair::kubectl::merge_installation_spec;
use crate::repair::resource_writer::ResourceWriter;
use crate::snapshot::ObjectRef;

/// A merge patch of the spec of one of Calico's own resources.
pub(crate) fn spec(case: &Case, plural: &str, name: &str, spec: &Value) -> Command {
    ResourceWriter::of(case.snapshot).patch_spec(plural, name, spec)
}

/// The same of the Installation.
pub(crate) fn installation_spec(spec: &Value) -> Command {
    merge_installation_spec(spec)
}

/// Sets a variable in the environment of calico-node.
pub(crate) fn variable(node: &CalicoNode, variable: &str, value: &str) -> Command {
    set_variable(&node.object(), variable, value)
}

/// A change of the data of a ConfigMap of Calico's manifests.
pub(crate) fn config(name: &str, data: &Value) -> Command {
    patch_config_map(name, data)
}

/// Removes a variable from the environment of calico-node.
pub(crate) fn without_variable(daemon_set: &ObjectRef, variable: &str) -> Command {
    unset_variable(daemon_set, variable)
}
