//! A snapshot without names: the names, addresses and domains of a cluster, replaced so consistently that
//! every check finds the same.
//!
//! What stays is what is known to be public. Anything else is replaced, so that a text of a kind that nobody
//! thought of is not published.

mod addresses;
mod document;
mod key;
mod names;
mod vocabulary;
mod words;
mod written;

use serde_json::{Map, Value};

use addresses::Addresses;
use document::is_of_kind;
pub use key::RedactionKey;
use names::Names;
use words::Words;

/// The server of every redacted snapshot that is reached by name.
const SERVER: &str = "https://api.example.com";

/// What identifies a cluster, and what it is replaced with.
pub struct Redaction {
    addresses: Addresses,
    words: Words,
}

impl Redaction {
    /// The replacements for the documents of a snapshot.
    pub fn of(key: &RedactionKey, documents: &[Value]) -> Self {
        Self {
            addresses: Addresses::of(key, documents),
            words: Words::new(Names::of(documents)),
        }
    }

    /// A document of a snapshot.
    pub(crate) fn document(&self, document: Value) -> Value {
        let mut document = self.value("", document);
        rename_block(&mut document);
        rename_origin(&mut document);
        document
    }

    /// Any text.
    pub fn text(&self, text: &str) -> String {
        self.addresses
            .replace(text, |others| self.words.replace(others))
    }

    fn value(&self, key: &str, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(match key {
                "apiVersion" | "kind" => text,
                "providerID" => self.provider(&text),
                _ => self.text(&text),
            }),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| self.value(key, item));
                Value::Array(items.collect())
            }
            Value::Object(fields) => {
                // The keys of labels, and the objects that could not be read, such as Pod/NAMESPACE/NAME.
                let fields = fields.into_iter().map(|(key, value)| {
                    let value = self.value(&key, value);
                    (self.text(&key), value)
                });
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other,
        }
    }

    /// The cloud of a machine without its account, its zone and its name: `aws:///redacted`.
    fn provider(&self, id: &str) -> String {
        match id.split_once("://") {
            Some((cloud, _)) => format!("{}:///redacted", self.text(cloud)),
            // Oracle's identifiers have no scheme.
            None if id.starts_with("ocid1.") => "ocid1.redacted".to_owned(),
            None => "redacted".to_owned(),
        }
    }
}

/// The name of an IPAMBlock is its CIDR: `10-244-0-0-26`.
fn rename_block(document: &mut Value) {
    if !is_of_kind(document, "IPAMBlock") {
        return;
    }
    let cidr = document.pointer("/spec/cidr").and_then(Value::as_str);
    let name = cidr.map(|cidr| cidr.replace(['.', ':', '/'], "-"));
    if let (Some(name), Some(field)) = (name, document.pointer_mut("/metadata/name")) {
        *field = name.into();
    }
}

/// What the kubeconfig calls the cluster, and the name of its server.
fn rename_origin(document: &mut Value) {
    let Some(Value::Object(origin)) = document.get_mut("origin") else {
        return;
    };
    for key in ["cluster", "context"] {
        if let Some(name) = origin.get_mut(key).filter(|name| name.is_string()) {
            *name = key.into();
        }
    }
    if let Some(Value::String(server)) = origin.get_mut("server") {
        let is_named = server.bytes().any(|byte| byte.is_ascii_alphabetic())
            && written::addresses(server).is_empty();
        if is_named {
            SERVER.clone_into(server);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::assess::advice::messages;

    #[test]
    fn nothing_that_identifies_a_cluster_is_left() {
        let documents = vec![
            json!({"apiVersion": "kubectl-calico/v1alpha1", "kind": "Snapshot", "origin": {
                "server": "https://k8s.acme.example:6443", "cluster": "acme-prod", "context": "jane@acme",
                "kubernetes": "v1.34.1",
            }, "forbidden": {"Node": "nodes is forbidden: User \"jane\" cannot list resource \"nodes\""}}),
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {
                "name": "worker-eu-7", "annotations": {"projectcalico.org/IPv4Address": "10.7.3.9/24"},
            }, "spec": {"providerID": "aws:///eu-central-1a/i-0abc"}, "status": {"addresses": [
                {"type": "InternalIP", "address": "10.7.3.9"}, {"type": "Hostname", "address": "worker-eu-7"},
            ]}}),
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {
                "name": "kube-apiserver-worker-eu-7", "namespace": "kube-system",
            }, "spec": {"containers": [{"name": "kube-apiserver", "image": "registry.acme.example/k8s/kube-apiserver:v1.34.1"}]},
               "status": {"message": "<worker-eu-7:9099> cannot reach node:10.7.3.9:179, see http://wiki.acme.example/calico"}}),
            json!({"apiVersion": "crd.projectcalico.org/v1", "kind": "IPPool",
                "metadata": {"name": "acme-pool"}, "spec": {"cidr": "10.41.0.0/16", "blockSize": 26}}),
            json!({"apiVersion": "crd.projectcalico.org/v1", "kind": "IPAMBlock",
                "metadata": {"name": "10-41-7-64-26"},
                "spec": {"cidr": "10.41.7.64/26", "affinity": "host:worker-eu-7"}}),
        ];
        let redaction = Redaction::of(&RedactionKey::random(), &documents);
        let redacted: Vec<Value> = documents
            .into_iter()
            .map(|document| redaction.document(document))
            .collect();
        let text = serde_json::to_string(&redacted).unwrap();
        for name in [
            "acme",
            "jane",
            "worker-eu",
            "10.7.3",
            "10.41",
            "10-41",
            "i-0abc",
            "eu-central",
        ] {
            assert!(!text.contains(name), "{name}: {text}");
        }
        let at =
            |index: usize, path: &str| redacted[index].pointer(path).unwrap().as_str().unwrap();
        let node = at(1, "/metadata/name");
        assert_eq!(at(4, "/spec/affinity"), format!("host:{node}"));
        assert_eq!(at(2, "/metadata/name"), format!("kube-apiserver-{node}"));
        let address = at(1, "/status/addresses/0/address");
        assert_eq!(
            at(1, "/metadata/annotations/projectcalico.org~1IPv4Address"),
            format!("{address}/24")
        );
        assert!(at(2, "/status/message").contains(address));
        let block: ipnet::Ipv4Net = at(4, "/spec/cidr").parse().unwrap();
        let pool: ipnet::Ipv4Net = at(3, "/spec/cidr").parse().unwrap();
        assert!(pool.contains(&block) && block.trunc() == block && pool.trunc() == pool);
        assert_eq!(
            at(4, "/metadata/name"),
            block.to_string().replace(['.', '/'], "-")
        );
        assert_eq!(at(0, "/origin/kubernetes"), "v1.34.1");
    }

    #[test]
    fn no_word_survives_that_is_not_public() {
        let documents = [json!({"kind": "Node", "metadata": {"name": "worker-eu-7"}})];
        let redaction = Redaction::of(&RedactionKey::random(), &documents);
        let node = redaction.text("worker-eu-7");
        assert_eq!(node, "node1");
        for (text, expected) in [
            ("kube-apiserver-worker-eu-7", "kube-apiserver-node1"),
            ("worker-eu-7_kube-system", "node1_kube-system"),
            ("node.worker-eu-7", "node.node1"),
            ("WORKER-EU-7 is down", "node1 is down"),
            (
                "zone == 'acme' && kubernetes.io/os == 'linux'",
                "zone == 'x1' && kubernetes.io/os == 'linux'",
            ),
            (
                "User \"jane@acme.example\" cannot list resource \"pods\"",
                "User \"x2@x1.example\" cannot list resource \"pods\"",
            ),
            (
                "system:serviceaccount:acme:robot",
                "system:serviceaccount:x1:x3",
            ),
            (
                "registry.acme.internal:5000/acme/calico/node:v3.32.1",
                "registry.x1.internal:5000/x1/calico/node:v3.32.1",
            ),
            ("quay.io/calico/node:v3.32.1", "quay.io/calico/node:v3.32.1"),
            ("calico-node-7d9f6", "calico-node-x4"),
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
            (
                "123456789012.dkr.ecr.amazonaws.com",
                "x5.dkr.ecr.amazonaws.com",
            ),
        ] {
            assert_eq!(redaction.text(text), expected);
        }
    }

    /// By words in texts: a taint of the scheduler, an image of Calico Enterprise, and placeholders.
    #[test]
    fn what_is_recognized_by_its_words_stays() {
        let redaction = Redaction::of(&RedactionKey::random(), &[]);
        for text in [
            "untolerated taint {node.cloudprovider.kubernetes.io/uninitialized: true}",
            "quay.io/tigera/cnx-node:v3.19.4",
            "changeme",
            "replaceme",
            "100.96.0.0/11",
        ] {
            assert_eq!(redaction.text(text), text);
        }
    }

    #[test]
    fn known_messages_stay_known() {
        let redaction = Redaction::of(&RedactionKey::random(), &[]);
        for example in messages::examples() {
            let redacted = redaction.text(example);
            let means = messages::meanings;
            assert_eq!(means(&redacted), means(example), "{redacted}");
        }
    }
}
