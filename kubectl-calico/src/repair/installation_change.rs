//! A change of the Installation besides its pools, where it lasts.

use serde_json::Value;

use super::kubectl::merge_installation_spec;
use super::step::Step;
use crate::facts::install::Install;

/// The step that changes the spec of the Installation, and says where else it must be changed. If only a platform or a
/// tool can change it, the step names the fields instead of a command.
pub fn change_installation(install: &Install, what: impl Into<String>, spec: &Value) -> Step {
    let what = install.lasting(what);
    if install.is_changed_elsewhere() {
        return Step::new(format!("{what} ({})", fields(spec)));
    }
    Step::new(what).run(merge_installation_spec(spec))
}

/// The fields of a merge patch: those that it sets or, if it sets none, those that it removes.
fn fields(spec: &Value) -> String {
    let mut fields = Vec::new();
    collect(spec, "", &mut fields);
    let set = fields.iter().filter(|(_, value)| !value.is_null());
    let set: Vec<String> = set
        .map(|(path, value)| match value {
            Value::String(text) => format!("{path}: {text}"),
            other => format!("{path}: {other}"),
        })
        .collect();
    if set.is_empty() {
        let removed: Vec<&str> = fields.iter().map(|(path, _)| path.as_str()).collect();
        return format!("without {}", removed.join(", "));
    }
    set.join(", ")
}

fn collect<'a>(value: &'a Value, path: &str, fields: &mut Vec<(String, &'a Value)>) {
    let Value::Object(entries) = value else {
        fields.push((path.to_owned(), value));
        return;
    };
    for (key, value) in entries {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        collect(value, &path, fields);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_is_named_by_its_fields() {
        for (spec, expected) in [
            (
                json!({"calicoNetwork": {"nodeAddressAutodetectionV4": {"kubernetes": "NodeInternalIP", "canReach": null}}}),
                "calicoNetwork.nodeAddressAutodetectionV4.kubernetes: NodeInternalIP",
            ),
            (
                json!({"calicoNetwork": {"mtu": 1450}}),
                "calicoNetwork.mtu: 1450",
            ),
            (
                json!({"calicoNetwork": {"mtu": null}}),
                "without calicoNetwork.mtu",
            ),
        ] {
            assert_eq!(fields(&spec), expected);
        }
    }
}
