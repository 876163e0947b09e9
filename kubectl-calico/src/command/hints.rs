//! Hints for what users of kubectl try, and this plugin does not have.

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

/// Adds a hint to a usage error, if there is one for it.
pub(super) fn add(error: &mut Error) {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    if let Some(hint) = hint(argument, value) {
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

/// `argument` as clap names it: a flag as typed if it is unknown, else with the name of its value.
fn hint(argument: &str, value: &str) -> Option<&'static str> {
    match (argument, value) {
        ("-w" | "--watch" | "--watch-only", _) => {
            Some("to repeat the command, use watch: watch kubectl calico status")
        }
        ("--output <FORMAT>", "yaml") => {
            Some("JSON is YAML, too: -o json; for manifests: kubectl calico plan -o installation")
        }
        ("--output <FORMAT>", "wide") => Some("the text output has everything: omit -o"),
        ("--output <FORMAT>", "name" | "jsonpath" | "go-template" | "custom-columns") => {
            Some("use -o json with a tool such as jq")
        }
        ("--output <FORMAT>", value) if value.contains('=') => {
            Some("use -o json with a tool such as jq")
        }
        _ => None,
    }
}
