//! Puts the objects of a case into an API server, as far as one lets them be written.

use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use crate::api_server::Cluster;

/// An API server, and the objects that were put into it.
pub(super) struct Loaded<'a> {
    server: &'a Cluster,
    objects: Vec<Value>,
}

impl<'a> Loaded<'a> {
    pub(super) fn new(server: &'a Cluster) -> Self {
        let objects = Vec::new();
        Self { server, objects }
    }

    /// Makes these the objects that there are. What was there just so is left alone: many clusters
    /// differ in one object.
    pub(super) fn become_like(&mut self, objects: &[Value]) -> Result<(), String> {
        // A snapshot's own document is about reading, and is not loaded.
        let wanted = objects.iter().filter(|object| object["kind"] != "Snapshot");
        let wanted: Vec<Value> = wanted.cloned().collect();
        let without = |these: &[Value], those: &[Value]| Load {
            objects: these
                .iter()
                .filter(|object| !those.contains(object))
                .cloned()
                .collect(),
        };
        without(&self.objects, &wanted).take_out_of(self.server)?;
        let fresh = without(&wanted, &self.objects);
        self.objects = wanted;
        fresh.put_into(self.server)
    }
}

/// Without what an API server judges by itself: it looks whether an APIService's backend answers,
/// and there is none here.
pub(super) fn without_backends(mut objects: Vec<Value>) -> Vec<Value> {
    objects.retain(|object| object["kind"] != "APIService");
    objects
}

/// Objects to write or to delete.
struct Load {
    objects: Vec<Value>,
}

impl Load {
    /// Writes them: first the namespaces, then all as they are, then the deletions that are under
    /// way, last what has a status of its own.
    fn put_into(&self, cluster: &Cluster) -> Result<(), String> {
        let namespaces: Vec<Value> = self.namespaces().iter().map(namespace).collect();
        apply(cluster, &namespaces, &[])?;
        // An object that is not new: its generation says how often its spec was written.
        for generation in 1.. {
            let old = self.objects.iter();
            let old: Vec<Value> = old.filter_map(|object| older(object, generation)).collect();
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

    /// Takes them out again.
    fn take_out_of(&self, cluster: &Cluster) -> Result<(), String> {
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
            // The server has a ServiceCIDR of its own, and nothing finalizes namespaces.
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

/// An Installation as it was in an earlier generation, if it has had one so early.
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

/// Ends a namespace's deletion, which no controller does here.
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
    match outcome.is_success() {
        true => Ok(()),
        false => Err(outcome.stderr),
    }
}
