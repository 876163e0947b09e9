//! Commands to paste. Parts of them come from the cluster, whose owner is not always the one who
//! pastes: whatever a name or a value holds, a shell reads it as text. That holds for bash, zsh, dash,
//! ash, mksh and fish, each fed a line at a time or all at once.

use calico_core::text::{printable, shell_word};
use serde_json::{Value, json};

use super::here_document::{here_document, unsafe_field};
use crate::assess::words::pasted;

/// The longest line of a command with a patch in it. What is longer becomes a here-document.
const LONGEST_LINE: usize = 120;

/// The Installation, by a name that no other resource has.
const INSTALLATION: &str = "installations.operator.tigera.io";

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

/// How a patch is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchType {
    /// A JSON merge patch (RFC 7386).
    Merge,
    /// A JSON patch (RFC 6902): a list of operations, none of which happens unless all can.
    Json,
}

/// `kubectl patch`.
pub fn patch(resource: &str, name: &str, patch_type: PatchType, patch: &Value) -> Command {
    let patch_type = match patch_type {
        PatchType::Merge => "merge",
        PatchType::Json => "json",
    };
    let command = format!(
        "kubectl patch {resource} {} --type {patch_type}",
        pasted(name)
    );
    match inline(&format!("{command} -p"), patch) {
        Some(line) if line.len() <= LONGEST_LINE => line.into(),
        _ => here_document(&format!("{command} --patch-file /dev/stdin"), patch),
    }
}

/// `kubectl patch` of the Installation that the operator reads.
pub fn patch_installation(patch_type: PatchType, change: &Value) -> Command {
    patch(INSTALLATION, "default", patch_type, change)
}

/// A merge patch of the spec of the Installation.
pub fn merge_installation_spec(spec: &Value) -> Command {
    patch_installation(PatchType::Merge, &json!({ "spec": spec }))
}

/// A command whose last argument is a patch, on one line. `None` where single quotes would not hold
/// it in every shell: fish reads a backslash in them.
pub(super) fn inline(command: &str, patch: &Value) -> Option<String> {
    let text = patch.to_string();
    let is_text = |c: char| matches!(c, ' '..='~') && !matches!(c, '\'' | '\\');
    (unsafe_field(patch).is_none() && text.chars().all(is_text))
        .then(|| format!("{command} '{text}'"))
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
    fn a_short_patch_is_one_line_and_a_long_one_a_here_document() {
        let short = patch(
            "ippools",
            "pods",
            PatchType::Merge,
            &json!({"spec": {"disabled": true}}),
        );
        assert_eq!(
            short,
            r#"kubectl patch ippools pods --type merge -p '{"spec":{"disabled":true}}'"#.into()
        );
        let selector = json!([{"op": "add", "path": "/spec/calicoNetwork/ipPools/0/nodeSelector", "value": "zone == 'a'"}]);
        assert_eq!(
            patch_installation(PatchType::Json, &selector),
            "kubectl patch installations.operator.tigera.io default --type json --patch-file \
             /dev/stdin <<'EOF'\n- op: \"add\"\n  path: \
             \"/spec/calicoNetwork/ipPools/0/nodeSelector\"\n  value: \"zone == 'a'\"\nEOF"
                .into()
        );
    }

    #[test]
    fn a_name_or_a_value_that_a_shell_could_read_is_not_pasted() {
        let name = patch("ippools", "$(id)", PatchType::Merge, &json!({}));
        assert_eq!(
            name,
            "kubectl patch ippools NAME --type merge -p '{}'".into()
        );
        let change = json!({"spec": {"nodeSelector": "a\\", "cidr": "10.0.0.0/8"}});
        let withheld = patch("ippools", "pods", PatchType::Merge, &change);
        assert!(matches!(withheld, Command::Withheld(why) if why.contains("spec.nodeSelector")));
    }

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
