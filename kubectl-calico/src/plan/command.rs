//! Commands to paste: single lines, in which what comes from the cluster is quoted for a shell.

use serde_json::Value;

/// A text as one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A name as it may stand in a command. One that Kubernetes would not take did not come from an API
/// server that can be trusted: `NAME` stands for it.
pub(super) fn pasted(name: &str) -> &str {
    let ends = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let inside = |c: char| ends(c) || c == '-' || c == '.';
    let is_name = name.starts_with(ends) && name.ends_with(ends) && name.len() <= 253;
    match is_name && name.chars().all(inside) {
        true => name,
        false => "NAME",
    }
}

/// A patch of the Installation that the operator reads: `json` or `merge`.
pub(super) fn patch_installation(kind: &str, patch: &Value) -> String {
    let patch = quoted(&patch.to_string());
    format!("kubectl patch installations.operator.tigera.io default --type {kind} -p {patch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_cluster_is_obeyed_by_a_shell() {
        assert_eq!(quoted("a'; reboot '"), r"'a'\''; reboot '\'''");
        for name in ["default-ipv4-ippool", "10.0.0.0-16"] {
            assert_eq!(pasted(name), name);
        }
        for name in ["", "-n", "a b", "$(reboot)", "a\nb", "A", "a;b", "a."] {
            assert_eq!(pasted(name), "NAME", "{name:?}");
        }
    }
}
