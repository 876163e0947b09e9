//! `kubectl patch`, and what makes a change take effect or shows that it has.

use serde_json::{Value, json};

use super::command::Command;
use super::here_document::{here_document, unsafe_field};
use crate::phrases::pasted;
use crate::snapshot::ObjectRef;

/// The longest command line with an inline patch. Longer patches become here-documents.
const LONGEST_LINE: usize = 120;

/// The Installation, by a name that no other resource has.
const INSTALLATION: &str = "installations.operator.tigera.io";

/// Recreates pods, which moves them to another pool: of one workload after another, by its strategy.
pub const RECREATE_PODS: &str =
    "kubectl rollout restart deployments,statefulsets,daemonsets --namespace NAMESPACE";

/// How a patch is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchType {
    /// A JSON merge patch (RFC 7386).
    Merge,
    /// A JSON patch (RFC 6902): a list of operations that are applied all or not at all.
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

/// A merge patch of the data of a ConfigMap.
pub fn patch_config_map(config: &ObjectRef, data: &Value) -> Command {
    let (namespace, name) = pasted_names(config);
    let resource = format!("configmap -n {namespace}");
    patch(&resource, name, PatchType::Merge, &json!({ "data": data }))
}

/// Restarts the pods of a workload, by its strategy.
pub fn restart(workload: &ObjectRef) -> String {
    let (namespace, name) = pasted_names(workload);
    let kind = workload.kind.to_ascii_lowercase();
    format!("kubectl rollout restart -n {namespace} {kind}/{name}")
}

/// Shows what the operator reports on these parts of Calico.
pub fn tigera_status(names: &str) -> String {
    format!("kubectl get tigerastatus {names} -o yaml")
}

/// The namespace and the name of an object in a command.
fn pasted_names(object: &ObjectRef) -> (&str, &str) {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let name = object.name.as_deref().unwrap_or_default();
    (pasted(namespace), pasted(name))
}

/// A command on one line whose last argument is a patch. `None` if single quotes do not protect it
/// in every shell: fish interprets backslashes in them.
pub(super) fn inline(command: &str, patch: &Value) -> Option<String> {
    let text = patch.to_string();
    let is_text = |c: char| matches!(c, ' '..='~') && !matches!(c, '\'' | '\\');
    (unsafe_field(patch).is_none() && text.chars().all(is_text))
        .then(|| format!("{command} '{text}'"))
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
}
