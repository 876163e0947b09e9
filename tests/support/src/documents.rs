//! The YAML documents of a stream, as values.

use serde::Deserialize;
use serde_json::{Value, json};

/// Every document that is not empty or only comments.
pub fn parse(stream: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(stream);
    let values = documents.map(|document| {
        Value::deserialize(document).unwrap_or_else(|e| panic!("{e} in:\n{stream}"))
    });
    values.filter(|value| !value.is_null()).collect()
}

/// The one document of a kind.
pub fn only<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    let mut found = documents.iter().filter(|document| document["kind"] == kind);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {kind} among {documents:#?}"));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}

/// `documents` with `pools` as the Installation's.
pub fn with_pools(documents: &[Value], pools: &Value) -> Vec<Value> {
    let mut documents = documents.to_vec();
    for document in documents
        .iter_mut()
        .filter(|document| document["kind"] == "Installation")
    {
        document["spec"]["calicoNetwork"]["ipPools"] = pools.clone();
    }
    documents
}

/// A pool with the three fields and no other.
pub fn pool(cidr: &str, block_size: u8, encapsulation: &str) -> Value {
    json!({"cidr": cidr, "blockSize": block_size, "encapsulation": encapsulation})
}
