//! Commands to paste. Parts of them come from the cluster, which the person who pastes them may not
//! control. Whatever a name or value contains, bash, zsh, dash, ash, mksh and fish must read it as
//! plain text, whether the command is pasted line by line or all at once.

use calico_core::text::printable;

/// A command that is safe to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The command, as one line or with a here-document.
    Run(String),
    /// Why no command is printed.
    Withheld(String),
    /// There is none: the Installation has what it would write, and the operator has yet to act on it.
    Requested,
}

impl Command {
    /// A withheld command: a shell could interpret the value of a field.
    pub(super) fn withheld(field: &str) -> Self {
        Self::Withheld(format!(
            "no command is printed, because {field} contains characters that are not safe to paste"
        ))
    }
}

impl From<String> for Command {
    fn from(command: String) -> Self {
        Self::Run(command)
    }
}

impl From<&str> for Command {
    fn from(command: &str) -> Self {
        Self::Run(command.to_owned())
    }
}

/// A value as one word, which every shell reads alike: fish reads a backslash in quotes, others do not. `None` if it
/// cannot be shown unchanged.
pub fn word(value: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@,+".contains(c);
    if printable(value) != value {
        return None;
    }
    if value.starts_with(|c: char| plain(c) && c != '@') && value.chars().all(plain) {
        return Some(value.to_owned());
    }
    let mut word = String::new();
    for part in value.split_inclusive(['\'', '\\']) {
        let text = part.trim_end_matches(['\'', '\\']);
        if !text.is_empty() {
            word.push_str(&format!("'{text}'"));
        }
        if let Some(last) = part.strip_prefix(text) {
            word.extend(last.chars().flat_map(|c| ['\\', c]));
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word() {
        for (value, expected) in [
            ("prod", Some("prod")),
            ("../a/pools-1.yaml", Some("../a/pools-1.yaml")),
            (
                "arn:aws:eks:us-east-1:1:cluster/a",
                Some("arn:aws:eks:us-east-1:1:cluster/a"),
            ),
            ("kube:admin@prod", Some("kube:admin@prod")),
            ("my pools.yaml", Some("'my pools.yaml'")),
            ("$(id)", Some("'$(id)'")),
            ("`id`;id&", Some("'`id`;id&'")),
            ("~root", Some("'~root'")),
            ("=id", Some("'=id'")),
            ("@a", Some("'@a'")),
            ("é", Some("'é'")),
            ("it's", Some(r"'it'\''s'")),
            (r"C:\kube", Some(r"'C:'\\'kube'")),
            (r"a\", Some(r"'a'\\")),
            ("''", Some(r"\'\'")),
            ("\u{202e}", None),
            ("a\nid", None),
            ("\u{1b}[2J", None),
        ] {
            assert_eq!(word(value).as_deref(), expected, "{value}");
        }
    }
}
