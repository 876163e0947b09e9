//! The objects, and the history of changes that a watch replays.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

/// A change. Its version is the resourceVersion of the object.
#[derive(Clone)]
pub(super) struct Event {
    pub(super) version: u64,
    pub(super) collection: String,
    pub(super) kind: &'static str,
    pub(super) object: Value,
}

/// Objects by path.
#[derive(Default)]
pub(super) struct Store {
    objects: BTreeMap<String, Value>,
    history: Vec<Event>,
    watchers: Vec<UnboundedSender<Event>>,
}

impl Store {
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        self.objects.get(path)
    }

    /// Creates or replaces an object, and returns it.
    pub(super) fn put(&mut self, path: &str, mut object: Value) -> Value {
        let old = self.objects.get(path);
        let kind = if old.is_some() { "MODIFIED" } else { "ADDED" };
        let uid = old.map_or_else(
            || json!(format!("uid-{}", self.history.len())),
            |old| old["metadata"]["uid"].clone(),
        );
        object["metadata"]["uid"] = uid;
        object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
        settle(&mut object);
        self.record(kind, path, &mut object);
        self.objects.insert(path.to_owned(), object.clone());
        object
    }

    pub(super) fn delete(&mut self, path: &str) -> Option<Value> {
        let mut object = self.objects.remove(path)?;
        self.record("DELETED", path, &mut object);
        Some(object)
    }

    pub(super) fn list(&self, collection: &str, kind: &str, selector: &Selector) -> Value {
        let under = |path: &str| {
            path.rsplit_once('/')
                .is_some_and(|(parent, _)| parent == collection)
        };
        let items: Vec<_> = self
            .objects
            .iter()
            .filter(|(path, object)| under(path) && selector.matches(object))
            .map(|(_, object)| object)
            .collect();
        let api_version = match collection.strip_prefix("/apis/") {
            Some(rest) => rest.split('/').take(2).collect::<Vec<_>>().join("/"),
            None => "v1".to_owned(),
        };
        let metadata = json!({"resourceVersion": self.history.len().to_string()});
        json!({"kind": format!("{kind}List"), "apiVersion": api_version, "metadata": metadata, "items": items})
    }

    /// Sends every change since a resourceVersion to `watcher`, and every change from now on.
    pub(super) fn watch(&mut self, since: u64, watcher: UnboundedSender<Event>) {
        let missed = self.history.iter().filter(|event| event.version > since);
        if missed.cloned().all(|event| watcher.send(event).is_ok()) {
            self.watchers.push(watcher);
        }
    }

    fn record(&mut self, kind: &'static str, path: &str, object: &mut Value) {
        let version = self.history.len() as u64 + 1;
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        let collection = path
            .rsplit_once('/')
            .expect("an object's path")
            .0
            .to_owned();
        let event = Event {
            version,
            collection,
            kind,
            object: object.clone(),
        };
        self.watchers
            .retain(|watcher| watcher.send(event.clone()).is_ok());
        self.history.push(event);
    }
}

/// Does what Helm waits for a controller to do: complete the Job of a hook, establish a CRD.
fn settle(object: &mut Value) {
    let now = "2026-01-01T00:00:00Z";
    match object["kind"].as_str() {
        Some("Job") => {
            let complete = json!({"type": "Complete", "status": "True"});
            object["status"] = json!({"succeeded": 1, "startTime": now, "completionTime": now, "conditions": [complete]});
        }
        Some("CustomResourceDefinition") => {
            let accepted = json!({"type": "NamesAccepted", "status": "True"});
            let established = json!({"type": "Established", "status": "True"});
            object["status"] = json!({"conditions": [accepted, established]});
        }
        _ => {}
    }
}

/// The label and field selectors of a list or watch: `key=value` pairs, which is all that Helm uses.
pub(super) struct Selector {
    labels: Vec<(String, String)>,
    name: Option<String>,
}

impl Selector {
    pub(super) fn of(query: &HashMap<&str, String>) -> Result<Self, String> {
        let pairs = |key: &str| -> Result<Vec<(String, String)>, String> {
            let text = query.get(key).map_or("", String::as_str);
            text.split(',')
                .filter(|requirement| !requirement.is_empty())
                .map(|requirement| match requirement.split_once('=') {
                    Some((key, value)) if !key.ends_with('!') => {
                        Ok((key.to_owned(), value.to_owned()))
                    }
                    _ => Err(format!("{key} {text:?}: only key=value is supported")),
                })
                .collect()
        };
        let mut name = None;
        for (key, value) in pairs("fieldSelector")? {
            if key != "metadata.name" {
                return Err(format!("fieldSelector {key} is not supported"));
            }
            name = Some(value);
        }
        Ok(Self {
            labels: pairs("labelSelector")?,
            name,
        })
    }

    pub(super) fn matches(&self, object: &Value) -> bool {
        let metadata = &object["metadata"];
        self.name
            .as_ref()
            .is_none_or(|name| metadata["name"] == name.as_str())
            && self
                .labels
                .iter()
                .all(|(key, value)| metadata["labels"][key] == value.as_str())
    }
}
