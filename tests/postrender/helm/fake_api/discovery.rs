//! Discovery: the resources in the charts, and those that Helm itself needs.

use serde_json::{Value, json};

/// A resource: group ("" for core), plural, kind, namespaced. All have version v1.
type Resource = (&'static str, &'static str, &'static str, bool);

const RESOURCES: &[Resource] = &[
    ("", "namespaces", "Namespace", false),
    ("", "secrets", "Secret", true),
    ("", "serviceaccounts", "ServiceAccount", true),
    (
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        false,
    ),
    ("apps", "deployments", "Deployment", true),
    ("batch", "jobs", "Job", true),
    ("operator.tigera.io", "apiservers", "APIServer", false),
    ("operator.tigera.io", "goldmanes", "Goldmane", false),
    ("operator.tigera.io", "installations", "Installation", false),
    ("operator.tigera.io", "whiskers", "Whisker", false),
    (
        "rbac.authorization.k8s.io",
        "clusterrolebindings",
        "ClusterRoleBinding",
        false,
    ),
    (
        "rbac.authorization.k8s.io",
        "clusterroles",
        "ClusterRole",
        false,
    ),
    (
        "rbac.authorization.k8s.io",
        "rolebindings",
        "RoleBinding",
        true,
    ),
    ("rbac.authorization.k8s.io", "roles", "Role", true),
];

/// The kind of a plural.
pub(super) fn kind(plural: &str) -> Option<&'static str> {
    RESOURCES
        .iter()
        .find(|resource| resource.1 == plural)
        .map(|resource| resource.2)
}

/// The discovery document at a path, in the format before aggregated discovery, which every client supports.
pub(super) fn document(path: &str) -> Option<Value> {
    match path {
        "/version" => Some(
            json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "platform": "linux/amd64"}),
        ),
        "/api" => Some(json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => {
            let mut names: Vec<_> = RESOURCES
                .iter()
                .map(|resource| resource.0)
                .filter(|g| !g.is_empty())
                .collect();
            names.dedup();
            let groups: Vec<_> = names.into_iter().map(group).collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        "/api/v1" => Some(resource_list("", "v1")),
        _ => {
            let group = path.strip_prefix("/apis/")?.strip_suffix("/v1")?;
            let known = RESOURCES.iter().any(|resource| resource.0 == group);
            known.then(|| resource_list(group, &format!("{group}/v1")))
        }
    }
}

fn group(name: &str) -> Value {
    let version = json!({"groupVersion": format!("{name}/v1"), "version": "v1"});
    json!({"name": name, "versions": [version], "preferredVersion": version})
}

fn resource_list(group: &str, group_version: &str) -> Value {
    let resources: Vec<_> = RESOURCES
        .iter()
        .filter(|resource| resource.0 == group)
        .map(|(_, plural, kind, namespaced)| {
            let verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
            json!({"name": plural, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": verbs})
        })
        .collect();
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources})
}
