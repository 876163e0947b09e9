//! Documents from which a tool makes manifests, and which are none themselves.

use serde_yaml::{Mapping, Value};

/// How the manifests are made of an object from which a tool makes them; `None` for any other object.
pub(super) fn rendered_by(api_version: &str, kind: &str) -> Option<&'static str> {
    let group = api_version.split('/').next().unwrap_or_default();
    match (group, kind) {
        ("kustomize.config.k8s.io", "Kustomization" | "Component") => Some("kubectl kustomize"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => Some("flux build kustomization"),
        ("argoproj.io", "Application" | "ApplicationSet") => Some("argocd app manifests"),
        ("helm.toolkit.fluxcd.io", "HelmRelease")
        | ("helm.cattle.io", "HelmChart" | "HelmChartConfig") => Some("helm template"),
        _ => None,
    }
}

/// The same of a document without `apiVersion` or `kind`: a kustomization.yaml may leave them out, and the
/// values of Calico's charts have none.
/// Source: kubernetes-sigs/kustomize v5.8.0, api/types/kustomization.go; projectcalico/calico v3.32.1,
/// charts/tigera-operator/values.yaml.
pub(super) fn document_rendered_by(fields: &Mapping) -> Option<&'static str> {
    const KUSTOMIZATION: [&str; 5] = ["resources", "bases", "components", "patches", "helmCharts"];
    const VALUES: [&str; 4] = ["installation", "tigeraOperator", "apiServer", "calicoctl"];
    let is_list = |name: &str| fields.get(name).is_some_and(Value::is_sequence);
    if VALUES.iter().any(|name| fields.contains_key(*name)) {
        Some("helm template")
    } else if KUSTOMIZATION.iter().any(|name| is_list(name)) {
        Some("kubectl kustomize")
    } else {
        None
    }
}
