//! What distinguishes an object of a cluster from a manifest, and a hook of Helm from a part of the release.

use serde_yaml::Value;

/// When Helm applies an object that is not a part of the release.
pub(super) const HOOK: &str = "helm.sh/hook";

/// Whether a hook is only for deletions, rollbacks and tests.
pub(super) fn is_other_hook(hook: &str) -> bool {
    hook.split(',').all(|hook| {
        let hook = hook.trim();
        hook.starts_with("test") || hook.ends_with("-delete") || hook.ends_with("-rollback")
    })
}

/// What an object has only in a cluster: fields that a server or a controller sets, and objects that only
/// Calico writes. The status of a custom resource may be in its manifest, and so may a creationTimestamp
/// that is null.
pub(super) fn mark(value: &Value) -> Option<&'static str> {
    const KINDS: [&str; 3] = ["ClusterInformation", "IPAMBlock", "TigeraStatus"];
    const FIELDS: [(&str, &str); 3] = [
        ("uid", "has a uid"),
        ("resourceVersion", "has a resourceVersion"),
        ("creationTimestamp", "has a creationTimestamp"),
    ];
    let is_set = |value: &Value| match value {
        Value::Mapping(fields) => !fields.is_empty(),
        Value::Null => false,
        _ => true,
    };
    let metadata = value.get("metadata");
    let set = FIELDS.iter().find(|(field, _)| {
        metadata
            .and_then(|fields| fields.get(*field))
            .is_some_and(is_set)
    });
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match set {
        Some((_, mark)) => Some(mark),
        None if value.get("status").is_some_and(is_set) => Some("has a status"),
        None => KINDS
            .contains(&kind)
            .then_some("is written only by Calico itself"),
    }
}
