//! Puts the objects of a case into an API server, as far as one lets them be written.

use serde_json::{Value, json};

use crate::support::cluster::Cluster;

/// Objects as a test wants them in a server.
pub(super) struct Load {
    objects: Vec<Value>,
}

impl Load {
    /// A snapshot's own document is about reading, and is not loaded.
    pub(super) fn of(objects: &[Value]) -> Self {
        let is_object = |object: &&Value| object["kind"] != "Snapshot";
        Self {
            objects: objects.iter().filter(is_object).cloned().collect(),
        }
    }

    /// Writes them: first the namespaces, then all as they are, then what has a status of its own,
    /// last the deletions that are under way.
    pub(super) fn put_into(&self, cluster: &Cluster) {
        let namespaces: Vec<Value> = self.namespaces().iter().map(namespace).collect();
        apply(cluster, &namespaces, &[]);
        // An object that is not new: its generation says how often its spec was written.
        let old: Vec<Value> = self.objects.iter().filter_map(older).collect();
        apply(cluster, &old, &[]);
        let fresh: Vec<Value> = self.objects.iter().map(writable).collect();
        apply(cluster, &fresh, &[]);
        let with_status: Vec<Value> = fresh
            .iter()
            .filter(|object| object.get("status").is_some())
            .cloned()
            .collect();
        apply(cluster, &with_status, &["--subresource=status"]);
        let deleted: Vec<Value> = self
            .objects
            .iter()
            .filter(|object| !object["metadata"]["deletionTimestamp"].is_null())
            .cloned()
            .collect();
        delete(cluster, &deleted);
    }

    /// Takes them out again.
    pub(super) fn take_out_of(&self, cluster: &Cluster) {
        let held: Vec<Value> = self
            .objects
            .iter()
            .filter(|object| !object["metadata"]["finalizers"].is_null())
            .map(|object| {
                let mut object = identity(object);
                object["metadata"]["finalizers"] = json!([]);
                object
            })
            .collect();
        apply(cluster, &held, &[]);
        let gone: Vec<Value> = self
            .objects
            .iter()
            // The server makes its own ServiceCIDR, and nothing finalizes namespaces.
            .filter(|object| object["kind"] != "Namespace" && object["kind"] != "ServiceCIDR")
            .cloned()
            .collect();
        delete(cluster, &gone);
        for object in &self.objects {
            if object["kind"] == "Namespace" && !object["metadata"]["deletionTimestamp"].is_null() {
                finalize(cluster, object);
            }
        }
    }

    fn namespaces(&self) -> Vec<String> {
        let namespaces = self.objects.iter();
        let mut namespaces: Vec<String> = namespaces
            .filter_map(|object| object["metadata"]["namespace"].as_str())
            .map(str::to_owned)
            .collect();
        namespaces.sort();
        namespaces.dedup();
        namespaces
    }
}

fn namespace(name: &String) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

fn identity(object: &Value) -> Value {
    let meta = &object["metadata"];
    let mut identity = json!({
        "apiVersion": object["apiVersion"], "kind": object["kind"],
        "metadata": {"name": meta["name"]},
    });
    if let Some(namespace) = meta.get("namespace") {
        identity["metadata"]["namespace"] = namespace.clone();
    }
    identity
}

/// Without what the server sets.
fn writable(object: &Value) -> Value {
    let mut object = object.clone();
    let meta = object["metadata"].as_object_mut().unwrap();
    meta.remove("deletionTimestamp");
    meta.remove("generation");
    object
}

/// An Installation as it was before its spec was last written.
fn older(object: &Value) -> Option<Value> {
    let generation = object["metadata"]["generation"].as_i64()?;
    assert_eq!(generation, 2, "only a generation of 2 can be made here");
    let mut older = writable(object);
    older["spec"]["controlPlaneReplicas"] = json!(7);
    Some(older)
}

fn apply(cluster: &Cluster, objects: &[Value], more: &[&str]) {
    if objects.is_empty() {
        return;
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    let arguments = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--validate=ignore",
        "-f",
        "-",
    ];
    let arguments = arguments.iter().chain(more);
    cluster.kubectl_reading(&list, arguments).succeeded();
}

fn delete(cluster: &Cluster, objects: &[Value]) {
    if objects.is_empty() {
        return;
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    let arguments = [
        "delete",
        "--ignore-not-found",
        "--wait=false",
        "--grace-period=0",
        "--force",
        "-f",
        "-",
    ];
    cluster.kubectl_reading(&list, arguments).succeeded();
}

/// Ends a namespace's deletion, which no controller does here.
fn finalize(cluster: &Cluster, namespace: &Value) {
    let name = namespace["metadata"]["name"].as_str().unwrap();
    let finalize = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name}, "spec": {"finalizers": []},
    });
    let path = format!("/api/v1/namespaces/{name}/finalize");
    let arguments = ["replace", "--raw", &path, "-f", "-"];
    cluster
        .kubectl_reading(&finalize.to_string(), arguments)
        .succeeded();
}
