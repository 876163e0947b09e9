//! A snapshot without names: the names, addresses and domains of a cluster, replaced so consistently that
//! every check finds the same.

mod addresses;
mod document;
mod domains;
mod names;
mod tokens;

use serde_json::{Map, Value};

use addresses::Addresses;
use document::is_of_kind;
use domains::Domains;
use names::Names;

/// Replaces what identifies a cluster in the documents of a snapshot. Each run has its own replacements.
pub fn redact(documents: Vec<Value>) -> Vec<Value> {
    let redaction = Redaction {
        names: Names::of(&documents),
        addresses: Addresses::of(&documents),
        domains: Domains::default(),
    };
    documents
        .into_iter()
        .map(|document| redaction.document(document))
        .collect()
}

struct Redaction {
    names: Names,
    addresses: Addresses,
    domains: Domains,
}

impl Redaction {
    fn document(&self, document: Value) -> Value {
        let mut document = self.value("", document);
        self.rename_block(&mut document);
        rename_origin(&mut document);
        document
    }

    fn value(&self, key: &str, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(key, &text)),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| self.value(key, item));
                Value::Array(items.collect())
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(key, value)| {
                    let value = self.value(&key, value);
                    // What could not be read is listed by object, such as Pod/NAMESPACE/NAME.
                    let key = if key.contains('/') && key.starts_with(char::is_uppercase) {
                        self.names.replace(&key)
                    } else {
                        key
                    };
                    (key, value)
                });
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other,
        }
    }

    fn text(&self, key: &str, text: &str) -> String {
        match key {
            "apiVersion" | "kind" | "kubernetes" => text.to_owned(),
            "providerID" => provider(text),
            "image" => self.domains.image(text),
            "nodeSelector" | "namespaceSelector" => self.selector(text),
            _ => {
                let text = self.names.replace(text);
                let text = self.addresses.replace(&text);
                self.domains.replace(&without_user(&text))
            }
        }
    }

    /// A selector: only what is quoted is a name.
    fn selector(&self, selector: &str) -> String {
        let mut quote = None;
        let parts = selector.split_inclusive(['\'', '"']).map(|part| {
            let is_quoted = quote.is_some();
            let end = part.chars().next_back().filter(|c| matches!(c, '\'' | '"'));
            quote = match (quote, end) {
                (None, end) => end,
                (Some(open), Some(end)) if open == end => None,
                (open, _) => open,
            };
            if is_quoted {
                self.names.replace(part)
            } else {
                part.to_owned()
            }
        });
        parts.collect()
    }

    /// The name of an IPAMBlock is its CIDR: `10-244-0-0-26`.
    fn rename_block(&self, document: &mut Value) {
        if !is_of_kind(document, "IPAMBlock") {
            return;
        }
        let cidr = document.pointer("/spec/cidr").and_then(Value::as_str);
        let name = cidr.map(|cidr| cidr.replace(['.', ':', '/'], "-"));
        if let (Some(name), Some(field)) = (name, document.pointer_mut("/metadata/name")) {
            *field = name.into();
        }
    }
}

/// What the kubeconfig calls the cluster.
fn rename_origin(document: &mut Value) {
    for key in ["cluster", "context"] {
        let origin = document.pointer_mut(&format!("/origin/{key}"));
        if let Some(name) = origin.filter(|name| name.is_string()) {
            *name = key.into();
        }
    }
}

/// The cloud of a machine without its account, its zone and its name: `aws:///redacted`.
fn provider(id: &str) -> String {
    match id.split_once("://") {
        Some((cloud, _)) => format!("{cloud}:///redacted"),
        None => "redacted".to_owned(),
    }
}

/// A message without the users whose permissions are missing: `User "user" cannot list resource "pods"`.
fn without_user(text: &str) -> String {
    let mut parts = text.split("User \"");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("User \"user\"");
        shown.push_str(part.split_once('"').map_or("", |(_, after)| after));
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let redacted = redact(documents);
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
}
