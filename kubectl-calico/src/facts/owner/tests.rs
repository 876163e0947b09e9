//! Owners are known by what they leave, also once it is redacted.

use serde_json::{Value, json};

use super::Owner;
use crate::redact::{Redaction, RedactionKey};
use crate::snapshot::Installation;
use crate::views::marks::Marks;

fn owner(object: &Value) -> Option<Owner> {
    let installation: Installation = serde_json::from_value(object.clone()).unwrap();
    Owner::of(&Marks::from(&installation.metadata)).map(|(owner, _)| owner)
}

fn label(key: &str, value: &str) -> Value {
    json!({"labels": {key: value}})
}

fn annotation(key: &str, value: &str) -> Value {
    json!({"annotations": {key: value}})
}

fn manager(name: &str) -> Value {
    json!({"managedFields": [{"manager": "before-first-apply"}, {"manager": name}]})
}

fn of_release(key: &str, value: &str) -> Value {
    json!({"annotations": {"meta.helm.sh/release-name": "calico", key: value}})
}

/// Both as the tool leaves it and once that is redacted.
fn is_known(metadata: &Value, expected: Option<Owner>) {
    let object = json!({"apiVersion": "operator.tigera.io/v1", "kind": "Installation", "metadata": metadata});
    assert_eq!(owner(&object), expected, "{object}");
    let redaction = Redaction::of(&RedactionKey::random(), std::slice::from_ref(&object));
    let redacted = redaction.document(object);
    assert_eq!(owner(&redacted), expected, "{redacted}");
}

#[test]
fn each_tool_is_known_by_what_it_leaves() {
    let id = "default-networking-calico-cattle-fleet-system";
    let gvk = "k3s.cattle.io/v1, Kind=Addon";
    let stored = json!({"annotations": {"argocd.argoproj.io/tracking-id": "a:b/c:d/e"}});
    for (metadata, expected) in [
        (
            annotation(
                "argocd.argoproj.io/tracking-id",
                "net:operator.tigera.io/Installation:a/default",
            ),
            Some(Owner::ArgoCd),
        ),
        (
            label("argocd.argoproj.io/instance", "net"),
            Some(Owner::ArgoCd),
        ),
        (
            annotation("projectcalico.org/metadata", &stored.to_string()),
            Some(Owner::ArgoCd),
        ),
        (
            label("helm.toolkit.fluxcd.io/name", "calico"),
            Some(Owner::Flux),
        ),
        (
            label("kustomize.toolkit.fluxcd.io/name", "infra"),
            Some(Owner::Flux),
        ),
        (
            annotation("configmanagement.gke.io/managed", "enabled"),
            Some(Owner::ConfigSync),
        ),
        (
            annotation("configmanagement.gke.io/managed", "disabled"),
            None,
        ),
        (
            of_release("objectset.rio.cattle.io/id", id),
            Some(Owner::Fleet),
        ),
        (annotation("objectset.rio.cattle.io/id", id), None),
        (
            label("kapp.k14s.io/app", "1610567506920108209"),
            Some(Owner::Kapp),
        ),
        (
            annotation("projectsveltos.io/owner-kind", "ClusterProfile"),
            Some(Owner::Sveltos),
        ),
        (
            label("projectsveltos.io/reference-kind", "ConfigMap"),
            Some(Owner::Sveltos),
        ),
        (
            annotation(
                "resources.gardener.cloud/origin",
                "shoot--a--b:kube-system/net",
            ),
            Some(Owner::Gardener),
        ),
        (
            label("resources.gardener.cloud/managed-by", "gardener"),
            Some(Owner::Gardener),
        ),
        (
            label("addonmanager.kubernetes.io/mode", "Reconcile"),
            Some(Owner::AddonManager),
        ),
        (
            label("addonmanager.kubernetes.io/mode", "EnsureExists"),
            None,
        ),
        (
            annotation("objectset.rio.cattle.io/owner-gvk", gvk),
            Some(Owner::ServerManifest),
        ),
        (label("k0s.k0sproject.io/stack", "net"), Some(Owner::K0s)),
        (label("kubeone.io/addon", ""), Some(Owner::KubeOne)),
    ] {
        is_known(&metadata, expected);
    }
}

#[test]
fn some_are_known_by_their_field_manager_and_others_by_nothing() {
    for (metadata, expected) in [
        (manager("Terraform"), Some(Owner::Terraform)),
        (
            manager("terraform-provider-helm_v2.17.0_x5"),
            Some(Owner::Terraform),
        ),
        (manager("HashiCorp"), Some(Owner::Terraform)),
        (manager("pulumi-kubernetes-31df3088"), Some(Owner::Pulumi)),
        (
            label("app.kubernetes.io/managed-by", "pulumi"),
            Some(Owner::Pulumi),
        ),
        (of_release("helm.sh/chart", "tigera-operator"), None),
        (
            label("app.kubernetes.io/managed-by", "tigera-operator"),
            None,
        ),
        (manager("kubectl-client-side-apply"), None),
        (json!({}), None),
    ] {
        is_known(&metadata, expected);
    }
}
