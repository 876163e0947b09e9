//! Values that a templating tool has not filled in yet.

use crate::installation::path::value_at;
use crate::text::quoted;

use super::case::Case;
use super::details::Details;

/// A violation that is due to a placeholder says so, because no other value is wrong. `None` for any
/// other.
pub(super) fn explained(case: &Case, details: &Details) -> Option<Details> {
    let path = details.path.strip_prefix("spec.")?;
    let text = value_at(&case.written.spec, path)?.as_str()?;
    is_placeholder(text).then(|| Details {
        path: details.path.clone(),
        fields: details.fields.clone(),
        problem: format!(
            "{} is a placeholder that nothing has replaced",
            quoted(text)
        ),
        impact: details.impact.clone(),
        fix: "replace it with the value that it stands for".to_owned(),
        flags: Some("as when the output of Flux, envsubst or Ansible is filtered, not its input"),
    })
}

/// Whether a text has a part like `${NAME}`, `$NAME`, `$(NAME)`, `{{ name }}` or `<name>`. None of them
/// can be part of a value that a rule is about.
fn is_placeholder(text: &str) -> bool {
    let is_between = |open: &str, close: &str| {
        let rest = text.split_once(open).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.find(close).is_some_and(|at| at > 0))
    };
    let is_variable = text.strip_prefix('$').is_some_and(|name| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_word)
    });
    is_variable
        || is_between("${", "}")
        || is_between("$(", ")")
        || is_between("{{", "}}")
        || is_between("<", ">")
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn forms_of_placeholders() {
        for text in [
            "${POD_CIDR}",
            "${POD_CIDR:=10.0.0.0/8}",
            "$POD_CIDR",
            "$(CIDR)",
            "{{ pod_cidr }}",
            "<pod-cidr>",
            "10.${N}.0.0/16",
            "<your CIDR>/16",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "10.0.0.0/16",
            "",
            "$",
            "${}",
            "<>",
            "a < b",
            "banana",
            "$5 a",
            "vxlan",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
