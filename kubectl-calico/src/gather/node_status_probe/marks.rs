//! How the CalicoNodeStatuses of this program are recognized.

use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

/// What the names of the CalicoNodeStatuses of this program begin with.
pub(super) const PREFIX: &str = "kubectl-calico-";

/// The label that marks them.
pub(super) const LABEL: (&str, &str) = ("app.kubernetes.io/managed-by", "kubectl-calico");

/// Where Calico keeps labels of a CRD: calico-node moves them there when it reports.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/resources.go.
const METADATA: &str = "projectcalico.org/metadata";

pub(super) fn name(object: &Value) -> &str {
    let name = object.get("metadata").and_then(|it| it.get("name"));
    name.and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn created_at(object: &Value) -> Option<Timestamp> {
    let time = object.get("metadata")?.get("creationTimestamp")?;
    time.as_str()?.parse().ok()
}

/// Whether a run of this program created it.
pub(super) fn is_of_a_probe(object: &Value) -> bool {
    let (label, value) = LABEL;
    let has_label = |metadata: &Value| {
        let labels = metadata.get("labels");
        labels
            .and_then(|labels| labels.get(label))
            .and_then(Value::as_str)
            == Some(value)
    };
    let Some(metadata) = object.get("metadata") else {
        return false;
    };
    let moved = metadata.get("annotations").and_then(|it| it.get(METADATA));
    let moved = moved.and_then(Value::as_str);
    let moved: Option<Value> = moved.and_then(|text| serde_json::from_str(text).ok());
    name(object).starts_with(PREFIX)
        && (has_label(metadata) || moved.as_ref().is_some_and(has_label))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_run_created_is_recognized_and_nothing_else() {
        let label = json!({"app.kubernetes.io/managed-by": "kubectl-calico"});
        let moved = json!({"labels": label}).to_string();
        for (metadata, is_ours) in [
            (json!({"name": "kubectl-calico-1-0", "labels": label}), true),
            (
                json!({"name": "kubectl-calico-1-0", "annotations": {METADATA: moved}}),
                true,
            ),
            (json!({"name": "kubectl-calico-1-0"}), false),
            (json!({"name": "mine", "labels": label}), false),
            (
                json!({"name": "kubectl-calico-1-0", "annotations": {METADATA: "{"}}),
                false,
            ),
        ] {
            assert_eq!(
                is_of_a_probe(&json!({"metadata": metadata})),
                is_ours,
                "{metadata}"
            );
        }
    }
}
