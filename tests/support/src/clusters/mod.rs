//! Clusters for tests, as the objects that they hold: a base, built from the templates in
//! tests/fixtures/clusters, and what a case changes in it.
//!
//! A case's `cluster.yaml` begins with a document that selects the base:
//!
//! ```yaml
//! base: helm         # helm, custom-resources, calico.yaml, calico-typha.yaml, calico-vxlan.yaml,
//!                    # operator (the operator alone), kubeadm (nothing installed),
//!                    # fresh (as after `kubeadm init`), nodes (fresh nodes only) or nothing
//! calico: v3.32.1    # default: the newest
//! nodes: 3           # default: 3
//! header: {…}        # merged into the snapshot's own document; null omits that document
//! unreal: reason     # an API server would not accept this cluster
//! ```
//!
//! Every other document is applied to the object of the same kind, namespace and name as a JSON
//! merge patch (RFC 7386), or added if the base has no such object. `$patch: delete` removes the
//! object. With `$each: [a, b]` the document is applied once per entry, with `$` replaced by it. The
//! blocks of the base follow the pools.

mod base;
mod blocks;
mod patch;
mod template;

use serde_json::{Value, json};

pub use base::{Base, RELEASES};
use patch::apply;

use crate::documents::parse;

/// The objects of a case's `cluster.yaml`.
pub fn cluster(text: &str) -> Vec<Value> {
    let mut documents = parse(text).into_iter();
    let mut objects = base(documents.next()).objects();
    let mut own_blocks = Vec::new();
    for document in documents.flat_map(expand) {
        if document["kind"] == "IPAMBlock" {
            own_blocks.push(
                document["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        apply(&mut objects, &document);
    }
    blocks::follow_pools(&mut objects, &own_blocks);
    objects.iter_mut().for_each(date_conditions);
    objects
}

/// Whether a case's `cluster.yaml` says that no API server would accept the cluster.
pub fn is_unreal(text: &str) -> bool {
    base(parse(text).into_iter().next()).unreal.is_some()
}

fn base(document: Option<Value>) -> Base {
    serde_json::from_value(document.expect("a document with the base")).unwrap()
}

/// Objects as a file that `kubectl calico status -f` reads.
pub fn manifest(objects: &[Value]) -> String {
    objects
        .iter()
        .map(|object| format!("---\n{object}\n"))
        .collect()
}

/// The conditions of a TigeraStatus must have a date, which no case depends on.
fn date_conditions(object: &mut Value) {
    if object["kind"] != "TigeraStatus" {
        return;
    }
    let conditions = object["status"]["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        condition
            .as_object_mut()
            .unwrap()
            .entry("lastTransitionTime")
            .or_insert_with(|| json!("2026-01-01T00:00:00Z"));
    }
}

/// A document per entry of `$each`, or just the document.
fn expand(mut document: Value) -> Vec<Value> {
    let fields = document.as_object_mut().unwrap();
    let Some(entries) = fields.remove("$each") else {
        return vec![document];
    };
    // The `$` of a directive is not replaced.
    let directive = fields.remove("$patch");
    let text = document.to_string();
    entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let entry = entry
                .as_str()
                .map_or_else(|| entry.to_string(), str::to_owned);
            let mut document: Value = serde_json::from_str(&text.replace('$', &entry)).unwrap();
            if let Some(directive) = &directive {
                document["$patch"] = directive.clone();
            }
            document
        })
        .collect()
}
