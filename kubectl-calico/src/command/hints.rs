//! Hints for flags that work in kubectl, but not in this plugin.

use std::ffi::OsString;

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Adds a hint to a usage error, if there is one for it and clap suggests no other flag. `command` is the first word after `calico`.
pub(super) fn add(error: &mut Error, command: Option<&OsString>) {
    let is_conflict = error.kind() == ErrorKind::ArgumentConflict;
    if is_conflict || error.get(ContextKind::SuggestedArg).is_some() {
        return;
    }
    let command = command.and_then(|command| command.to_str());
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    if let Some(hint) = hint(command.unwrap_or_default(), argument, value) {
        let hint = vec![StyledStr::from(hint)];
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(hint));
    }
}

fn context(error: &Error, kind: ContextKind) -> &str {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}

/// `argument` is a flag as typed if the command does not have it, else the flag with its value's name.
fn hint(command: &str, argument: &str, value: &str) -> Option<&'static str> {
    match (argument, value) {
        ("", _) => None,
        _ if command.starts_with('-') => {
            Some("flags follow the command, as in: kubectl calico status --context NAME")
        }
        ("-w" | "--watch-only", _) if command == "status" => Some("use --watch"),
        ("-w" | "--watch" | "--watch-only", _) => {
            Some("use watch to repeat a command: watch kubectl calico status")
        }
        ("-o" | "--output", _) if command == "snapshot" || command == "rbac" => {
            Some("the output is always YAML; omit -o")
        }
        ("--output <FORMAT>", "wide") => Some("the full plan is -o text, the default"),
        ("--output <FORMAT>", format)
            if ["custom-columns", "go-template", "jsonpath", "name"]
                .iter()
                .any(|kubectl| format.starts_with(kubectl)) =>
        {
            Some("use -o json and a tool such as jq")
        }
        _ => None,
    }
}
