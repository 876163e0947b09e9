//! The names of objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::is_of_kind;
use super::vocabulary;

/// Names with digits that are the same everywhere.
const GIVEN: [&str; 5] = [
    "default-ipv4-ippool",
    "default-ipv6-ippool",
    // Those of the pools that `plan` adds while pods are moved.
    "temporary-ipv4-pool",
    "temporary-ipv6-pool",
    "v3.projectcalico.org",
];

/// The name that the operator gives the first pool.
const DEFAULT_POOL: &str = "default-ipv4-ippool";

/// What may be before and after a name that is part of a longer one, as in the name of a pod.
pub(super) const SEPARATORS: [char; 3] = ['-', '.', '_'];

/// What each name is replaced with.
#[derive(Default)]
pub(super) struct Names {
    others: BTreeMap<String, String>,
    /// The number of names of each kind.
    counts: BTreeMap<&'static str, usize>,
}

impl Names {
    /// The names in a snapshot.
    pub(super) fn of(documents: &[Value]) -> Self {
        let mut names = Self::default();
        names.add_pools(documents);
        for document in documents {
            names.add_object(document);
        }
        for document in documents {
            names.add_fields("", document);
        }
        names
    }

    /// Another name for this one.
    pub(super) fn other(&self, name: &str) -> Option<&str> {
        let other = self.others.get(name);
        let other = other.or_else(|| self.others.get(&name.to_ascii_lowercase()));
        other.map(String::as_str)
    }

    fn add(&mut self, kind: &'static str, name: &str) {
        if is_name(name) && !self.others.contains_key(name) {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            self.others
                .insert(name.to_owned(), format!("{kind}{count}"));
        }
    }

    /// Calico tries pools in the order of their names, so that stays the same.
    fn add_pools(&mut self, documents: &[Value]) {
        let mut names: Vec<&str> = documents
            .iter()
            .filter(|document| is_of_kind(document, "IPPool"))
            .filter_map(|document| document.pointer("/metadata/name")?.as_str())
            .filter(|name| is_name(name))
            .collect();
        names.sort_unstable();
        for (number, name) in (1..).zip(names) {
            let start = if name < DEFAULT_POOL {
                "another-pool"
            } else {
                "pool"
            };
            self.others
                .insert(name.to_owned(), format!("{start}-{number:04}"));
        }
    }

    fn add_object(&mut self, document: &Value) {
        let text = |path: &str| {
            document
                .pointer(path)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let name = text("/metadata/name");
        match text("/kind") {
            "Node" => self.add("node", name),
            "BGPPeer" => self.add("bgppeer", name),
            "IPReservation" => self.add("ipreservation", name),
            _ => {}
        }
    }

    /// The names that objects mention.
    fn add_fields(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(name) => match key {
                "namespace" | "meta.helm.sh/release-namespace" => self.add("namespace", name),
                "node" | "nodeName" => self.add("node", name),
                "affinity" => {
                    if let Some((_, node)) = name.split_once(':') {
                        self.add("node", node);
                    }
                }
                _ => {}
            },
            Value::Array(items) => items.iter().for_each(|item| self.add_fields(key, item)),
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| self.add_fields(key, value)),
            _ => {}
        }
    }
}

/// Whether a name cannot be taken for words of a message, as a pool that is called `all` or `ipv6`.
fn is_name(name: &str) -> bool {
    let mut parts = name.split(SEPARATORS);
    let is_numbered = name.contains(SEPARATORS) && name.bytes().any(|byte| byte.is_ascii_digit());
    (is_numbered || !parts.all(vocabulary::is_public)) && !GIVEN.contains(&name)
}
