//! Changes to the environment of calico-node.

use std::fmt::Display;

use super::command::Command;
use crate::phrases::pasted;
use crate::snapshot::ObjectRef;

/// Sets a variable in calico-node's environment, to a value that does not come from the cluster.
pub fn set_variable(daemon_set: &ObjectRef, variable: &str, value: &str) -> Command {
    set_env(daemon_set, &format!("{variable}={value}"))
}

/// Sets variables, to values that do not come from the cluster.
pub fn set_variables<S: Display>(daemon_set: &ObjectRef, values: &[(S, S)]) -> Command {
    let values: Vec<String> = values
        .iter()
        .map(|(variable, value)| format!("{variable}={value}"))
        .collect();
    set_env(daemon_set, &values.join(" "))
}

/// Removes a variable. The operator restores variables that it sets itself.
pub fn unset_variable(daemon_set: &ObjectRef, variable: &str) -> Command {
    set_env(daemon_set, &format!("{variable}-"))
}

fn set_env(daemon_set: &ObjectRef, change: &str) -> Command {
    let namespace = pasted(daemon_set.namespace.as_deref().unwrap_or_default());
    let name = pasted(daemon_set.name.as_deref().unwrap_or_default());
    format!("kubectl set env -n {namespace} daemonset/{name} -c calico-node {change}").into()
}
