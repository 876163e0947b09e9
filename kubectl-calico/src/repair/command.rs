//! Commands to paste. Parts of them come from the cluster, whose owner is not always the one who
//! pastes: whatever a name or a value holds, a shell reads it as text. That holds for bash, zsh, dash,
//! ash, mksh and fish, each fed a line at a time or all at once.

use calico_core::text::{printable, shell_word};

/// A command that is safe to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// It, as one line or with a here-document.
    Run(String),
    /// Why there is none.
    Withheld(String),
}

impl Command {
    /// That the value of a field could be more than text to a shell.
    pub(super) fn withheld(field: &str) -> Self {
        Self::Withheld(format!(
            "no command is printed, because {field} holds characters that are not safe to paste"
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

/// A file's name as one word of a shell; `FILE` where that would not be the same in every shell, or
/// not be shown as it is.
pub fn file_word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let is_shown = |name: &str| printable(name) == name && !name.contains(['\'', '\\']);
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else if is_shown(name) {
        shell_word(name)
    } else {
        "FILE".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_word() {
        for (file, word) in [
            ("../a/pools-1.yaml", "../a/pools-1.yaml"),
            ("my pools.yaml", "'my pools.yaml'"),
            ("$(id)", "'$(id)'"),
            ("\u{202e}", "FILE"),
            ("it's", "FILE"),
            ("a\\", "FILE"),
        ] {
            assert_eq!(file_word(file), word);
        }
    }
}
