//! Here-documents: a command, and the YAML that it reads.
//!
//! With a quoted delimiter, every POSIX shell takes the lines below it literally; fish, which has no
//! here-documents, rejects the command and runs nothing. No line can equal the delimiter, because each
//! contains a key or begins with a dash. As a further safeguard, no value is written that a shell could
//! execute if it read the lines as commands: each is quoted text, without backslashes, invisible
//! characters or characters that a terminal may display as others.

use calico_core::yaml;
use serde_json::Value;

use super::command::Command;

const DELIMITER: &str = "EOF";

/// A command that reads a value from its standard input.
pub fn here_document(command: &str, value: &Value) -> Command {
    if let Some(field) = unsafe_field(value) {
        return Command::withheld(&field);
    }
    match yaml::to_string(value) {
        Ok(text) => format!("{command} <<'{DELIMITER}'\n{text}{DELIMITER}").into(),
        Err(error) => Command::Withheld(format!("no command is printed: {error}")),
    }
}

/// The lines of a value, for a file that is edited by hand.
pub fn lines(value: &Value) -> Command {
    if let Some(field) = unsafe_field(value) {
        return Command::withheld(&field);
    }
    match yaml::to_string(value) {
        Ok(text) => text.trim_end().to_owned().into(),
        Err(error) => Command::Withheld(format!("no lines are printed: {error}")),
    }
}

/// Whether a command has a here-document.
pub fn is_here_document(command: &str) -> bool {
    let mut lines = command.lines();
    let first = lines.next().unwrap_or_default();
    first.ends_with(&format!("<<'{DELIMITER}'")) && lines.next_back() == Some(DELIMITER)
}

/// The path of the first string that is not safe to paste, such as `spec.nodeSelector`.
pub(super) fn unsafe_field(value: &Value) -> Option<String> {
    let below = |key: &str, value: &Value| {
        let rest = unsafe_field(value)?;
        let path = [key, &rest].into_iter().filter(|part| !part.is_empty());
        Some(path.collect::<Vec<_>>().join("."))
    };
    match value {
        Value::String(text) => (!is_safe(text)).then(String::new),
        Value::Array(items) => items.iter().find_map(|item| below("", item)),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            if is_safe(key) {
                below(key, value)
            } else {
                Some("a key".to_owned())
            }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether a string is printable ASCII that can be quoted without an escape: in single quotes, or in
/// double quotes if nothing in it is expanded.
fn is_safe(text: &str) -> bool {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '\\';
    text.chars().all(is_plain) && !(text.contains('\'') && text.contains(['"', '$', '`']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_yaml_that_means_the_same() {
        let value = json!({"kind": "IPPool", "spec": {
            "cidr": "10.0.0.0/16", "blockSize": 26, "ipip": null,
            "nodeSelector": "zone == \"a\" && $x", "allowedUses": ["Workload"],
        }});
        let Command::Run(command) = here_document("kubectl create -f -", &value) else {
            panic!("it is safe");
        };
        let lines: Vec<&str> = command.lines().collect();
        let [first, text @ .., last] = lines.as_slice() else {
            panic!("{command}");
        };
        assert_eq!((*first, *last), ("kubectl create -f - <<'EOF'", "EOF"));
        assert!(!text.contains(&"EOF"), "{command}");
        let read: Value = serde_yaml::from_str(&text.join("\n")).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn what_no_quotes_hold_in_every_shell_is_withheld() {
        for text in [
            "a\\b",
            "a\nEOF\nreboot",
            "\u{202e}",
            "é",
            "'\"",
            "'$(id)",
            "'`id`",
            "\u{1b}",
        ] {
            let value = json!({"spec": {"pools": [{"cidr": text}]}});
            assert_eq!(
                unsafe_field(&value).as_deref(),
                Some("spec.pools.cidr"),
                "{text:?}"
            );
        }
        for text in [
            "",
            "all()",
            "!all()",
            "a == 'b'",
            "a == \"b\"",
            "$(id)",
            "EOF",
            "`id`",
        ] {
            assert_eq!(unsafe_field(&json!({"cidr": text})), None, "{text:?}");
        }
    }
}
