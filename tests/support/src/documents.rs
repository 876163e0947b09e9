//! The YAML documents of a stream, as values.

use serde::Deserialize as _;
use serde_json::{Value, json};

/// Every document that is not empty.
pub fn parse(stream: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(stream)
        .map(|document| {
            Value::deserialize(document).unwrap_or_else(|error| panic!("{error} in:\n{stream}"))
        })
        .filter(|document| !document.is_null())
        .collect()
}

/// The one document of a kind.
pub fn only<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    let mut found = documents.iter().filter(|document| document["kind"] == kind);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {kind} in {documents:#?}"));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}

/// The documents with other pools in the Installation.
pub fn with_pools(documents: &[Value], pools: &Value) -> Vec<Value> {
    let mut documents = documents.to_vec();
    for document in &mut documents {
        if document["kind"] == "Installation" {
            document["spec"]["calicoNetwork"]["ipPools"] = pools.clone();
        }
    }
    documents
}

/// A pool with just the three fields.
pub fn pool(cidr: &str, block_size: u8, encapsulation: &str) -> Value {
    json!({"cidr": cidr, "blockSize": block_size, "encapsulation": encapsulation})
}
