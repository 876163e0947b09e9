//! Commands to paste. Parts of them come from the cluster, which the person who pastes them may not
//! control. Whatever a name or value contains, bash, zsh, dash, ash, mksh and fish must read it as
//! plain text, whether the command is pasted line by line or all at once.

use calico_core::text::{printable, shell_word};

/// A command that is safe to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The command, as one line or with a here-document.
    Run(String),
    /// Why no command is printed.
    Withheld(String),
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

/// A file name as one shell word; `FILE` if it would differ between shells, or could not be shown
/// unchanged.
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
