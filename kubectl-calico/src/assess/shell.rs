//! Commands to paste: single lines, in which what comes from the cluster is quoted for a shell.

use calico_core::text::{printable, shell_word};
use serde_json::Value;

use super::words::pasted;

/// `kubectl patch`, `json` or `merge`; empty where the screen would not show it as it is.
pub fn patch(resource: &str, name: &str, kind: &str, patch: &Value) -> String {
    let name = pasted(name);
    let patch = quoted(&patch.to_string());
    patch.map_or_else(String::new, |patch| {
        format!("kubectl patch {resource} {name} --type {kind} -p {patch}")
    })
}

/// A text as one word of a shell; `None` where the screen would not show it as it is.
pub fn quoted(text: &str) -> Option<String> {
    (printable(text) == text).then(|| shell_word(text))
}

/// A file's name as one word of a shell, as it is where that is plain; `FILE` where the screen would
/// not show it as it is.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => quoted(text).unwrap_or_else(|| "FILE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_from_the_cluster_is_obeyed_by_a_shell() {
        let selector = json!({"spec": {"nodeSelector": "a == 'b'; $(id)"}});
        assert_eq!(
            patch("ippools.crd.projectcalico.org", "$(id)", "merge", &selector),
            r#"kubectl patch ippools.crd.projectcalico.org NAME --type merge -p '{"spec":{"nodeSelector":"a == '\''b'\''; $(id)"}}'"#
        );
        assert_eq!(patch("ippools", "pods", "merge", &json!("\u{202e}")), "");
        for (file, pasted) in [
            ("../a/pools-1.yaml", "../a/pools-1.yaml"),
            ("my pools.yaml", "'my pools.yaml'"),
            ("$(id)", "'$(id)'"),
            ("\u{202e}", "FILE"),
        ] {
            assert_eq!(word(file), pasted);
        }
    }
}
