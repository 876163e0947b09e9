//! Writes the objects of a case to an API server.

use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use crate::api_server::Cluster;

/// An API server, and the objects that were written to it.
pub(super) struct Loaded<'a> {
    server: &'a Cluster,
    objects: Vec<Value>,
}

impl<'a> Loaded<'a> {
    pub(super) fn new(server: &'a Cluster) -> Self {
        let objects = Vec::new();
        Self { server, objects }
    }

    /// Replaces the objects. Those that are in both sets are kept: many clusters differ in one object.
    pub(super) fn replace(&mut self, objects: &[Value]) -> Result<(), String> {
        // A Snapshot describes how objects were read, and a PodLog is what a kubelet would send.
        let objects: Vec<Value> = objects
            .iter()
            .filter(|object| object["kind"] != "Snapshot" && object["kind"] != "PodLog")
            .cloned()
            .collect();
        Load::difference(&self.objects, &objects).delete_from(self.server)?;
        let added = Load::difference(&objects, &self.objects);
        self.objects = objects;
        added.write_to(self.server)
    }
}

/// The objects without APIServices. The server checks whether their backends respond, and there are
/// none here.
pub(super) fn without_backends(mut objects: Vec<Value>) -> Vec<Value> {
    objects.retain(|object| object["kind"] != "APIService");
    objects
}

/// Objects to write or to delete.
struct Load {
    objects: Vec<Value>,
}

impl Load {
    /// The objects in `these` that are not in `those`.
    fn difference(these: &[Value], those: &[Value]) -> Self {
        let objects = these
            .iter()
            .filter(|object| !those.contains(object))
            .cloned()
            .collect();
        Self { objects }
    }

    /// Writes the objects: first their namespaces, then the objects, then the pending deletions, and
    /// finally the statuses.
    fn write_to(&self, cluster: &Cluster) -> Result<(), String> {
        let namespaces: Vec<Value> = self.namespaces().iter().map(namespace).collect();
        apply(cluster, &namespaces, &[])?;
        // The generation of an object is the number of times that its spec was written.
        for generation in 1.. {
            let old: Vec<Value> = self
                .objects
                .iter()
                .filter_map(|object| older(object, generation))
                .collect();
            if old.is_empty() {
                break;
            }
            apply(cluster, &old, &[])?;
        }
        let fresh: Vec<Value> = self.objects.iter().map(writable).collect();
        apply(cluster, &fresh, &[])?;
        let is_deleted = |object: &&Value| !object["metadata"]["deletionTimestamp"].is_null();
        let deleted: Vec<Value> = self.objects.iter().filter(is_deleted).cloned().collect();
        delete(cluster, &deleted)?;
        let has_status = |object: &&Value| object.get("status").is_some();
        let with_status: Vec<Value> = fresh.iter().filter(has_status).cloned().collect();
        apply(cluster, &with_status, &["--subresource=status"])
    }

    /// Deletes the objects.
    fn delete_from(&self, cluster: &Cluster) -> Result<(), String> {
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
        apply(cluster, &held, &[])?;
        let gone: Vec<Value> = self
            .objects
            .iter()
            // The server recreates its ServiceCIDR, and no controller finalizes namespaces.
            .filter(|object| {
                let own =
                    object["kind"] == "ServiceCIDR" && object["metadata"]["name"] == "kubernetes";
                object["kind"] != "Namespace" && !own
            })
            .cloned()
            .collect();
        delete(cluster, &gone)?;
        for object in &self.objects {
            if object["kind"] == "Namespace" && !object["metadata"]["deletionTimestamp"].is_null() {
                finalize(cluster, object)?;
            }
        }
        Ok(())
    }

    fn namespaces(&self) -> Vec<String> {
        let mut namespaces: Vec<String> = self
            .objects
            .iter()
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

/// An object without the fields that the server sets.
fn writable(object: &Value) -> Value {
    let mut object = object.clone();
    let meta = object["metadata"].as_object_mut().unwrap();
    meta.remove("deletionTimestamp");
    meta.remove("generation");
    object
}

/// An object in an earlier generation, or `None` if its own generation is not later.
fn older(object: &Value, generation: i64) -> Option<Value> {
    let is_older = object["metadata"]["generation"].as_i64() > Some(generation);
    is_older.then(|| {
        let mut older = writable(object);
        older["spec"]["controlPlaneReplicas"] = json!(100 + generation);
        older
    })
}

fn apply(cluster: &Cluster, objects: &[Value], more: &[&str]) -> Result<(), String> {
    let arguments = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--validate=ignore",
        "-f",
        "-",
    ];
    let arguments: Vec<&str> = arguments.iter().chain(more).copied().collect();
    on_all(cluster, objects, &arguments)
}

fn delete(cluster: &Cluster, objects: &[Value]) -> Result<(), String> {
    let arguments = [
        "delete",
        "--ignore-not-found",
        "--wait=false",
        "--grace-period=0",
        "--force",
        "-f",
        "-",
    ];
    on_all(cluster, objects, &arguments)
}

fn on_all(cluster: &Cluster, objects: &[Value], arguments: &[&str]) -> Result<(), String> {
    if objects.is_empty() {
        return Ok(());
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    done(cluster.kubectl_reading(&list.to_string(), arguments))
}

/// Completes the deletion of a namespace, as a controller would.
fn finalize(cluster: &Cluster, namespace: &Value) -> Result<(), String> {
    let name = namespace["metadata"]["name"].as_str().unwrap();
    let finalize = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name}, "spec": {"finalizers": []},
    });
    let path = format!("/api/v1/namespaces/{name}/finalize");
    let arguments = ["replace", "--raw", &path, "-f", "-"];
    done(cluster.kubectl_reading(&finalize.to_string(), arguments))
}

fn done(outcome: Outcome) -> Result<(), String> {
    if outcome.is_success() {
        Ok(())
    } else {
        Err(outcome.stderr)
    }
}
