//! The names of objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::is_of_kind;
use super::tokens;

/// Namespaces that are the same everywhere.
const NAMESPACES: [&str; 8] = [
    "calico-apiserver",
    "calico-system",
    "cattle-system",
    "default",
    "kube-flannel",
    "kube-public",
    "kube-system",
    "tigera-operator",
];

/// Names of objects that Calico, its operator or Kubernetes gives, whatever the cluster.
const GIVEN: [&str; 12] = [
    "adminnetworkpolicy",
    "calico",
    "default",
    "default-ipv4-ippool",
    "default-ipv6-ippool",
    "kubernetes",
    "openebs",
    "overlay",
    "tigera-operator",
    "tigera-secure",
    "v3.projectcalico.org",
    "loadbalancer",
];

/// Starts of the names of workloads that checks know.
const WORKLOADS: [&str; 31] = [
    "antrea",
    "aws-node",
    "calico",
    "canal",
    "cilium",
    "coredns",
    "csi-node-driver",
    "etcd",
    "goldmane",
    "guardian",
    "ip-masq-agent",
    "kindnet",
    "konnectivity",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-dns",
    "kube-flannel",
    "kube-multus",
    "kube-proxy",
    "kube-router",
    "kube-scheduler",
    "kube-state-metrics",
    "metrics-server",
    "node-local-dns",
    "openshift",
    "retina",
    "rke2",
    "tigera",
    "typha",
    "weave",
    "whisker",
];

/// The name that the operator gives the first pool.
const DEFAULT_POOL: &str = "default-ipv4-ippool";

/// What each name is replaced with.
#[derive(Default)]
pub(super) struct Names {
    others: BTreeMap<String, String>,
    /// The number of names of each kind.
    counts: BTreeMap<String, usize>,
}

impl Names {
    /// The names in a snapshot.
    pub(super) fn of(documents: &[Value]) -> Self {
        let mut names = Self::default();
        names.add_pools(documents);
        for document in documents {
            names.add_origin(document);
            names.add_object(document);
        }
        for document in documents {
            names.add_fields("", document);
        }
        names
    }

    /// The text with other names. A name is a word, or its beginning or end, as in the name of a pod.
    pub(super) fn replace(&self, text: &str) -> String {
        // `_` is part of the names of settings, such as assign_ipv6.
        let belongs = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        tokens::replace(text, belongs, |word| self.word(word))
    }

    fn word(&self, word: &str) -> Option<String> {
        let end = word.trim_end_matches(['.', '-']).len();
        let (name, after) = word.split_at(end);
        if let Some(other) = self.other(name) {
            return Some(format!("{other}{after}"));
        }
        // The longest end that is a name, or else the longest beginning.
        let mut ends = name.match_indices(['-', '.']);
        let end = ends.find_map(|(index, _)| {
            let (before, last) = name.split_at(index + 1);
            Some(format!("{before}{}{after}", self.other(last)?))
        });
        let beginning = || {
            let mut cuts = name.rmatch_indices(['-', '.']);
            cuts.find_map(|(index, _)| {
                let (first, rest) = name.split_at(index);
                Some(format!("{}{rest}{after}", self.other(first)?))
            })
        };
        end.or_else(beginning)
    }

    fn other(&self, name: &str) -> Option<&String> {
        self.others
            .get(name)
            .or_else(|| self.others.get(&name.to_ascii_lowercase()))
    }

    fn add(&mut self, kind: &str, name: &str) {
        if is_distinct(name) && !self.others.contains_key(name) && !GIVEN.contains(&name) {
            let count = self.counts.entry(kind.to_owned()).or_default();
            *count += 1;
            self.others
                .insert(name.to_owned(), format!("{kind}{count}"));
        }
    }

    fn add_origin(&mut self, document: &Value) {
        for key in ["cluster", "context"] {
            let name = document.pointer(&format!("/origin/{key}"));
            let words = name
                .and_then(Value::as_str)
                .unwrap_or_default()
                .split(['@', '/', ':', '_']);
            words
                .filter(|word| !is_known(word))
                .for_each(|word| self.add(key, word));
        }
    }

    /// Calico tries pools in the order of their names, so that stays the same.
    fn add_pools(&mut self, documents: &[Value]) {
        let mut names: Vec<&str> = documents
            .iter()
            .filter(|document| is_of_kind(document, "IPPool"))
            .filter_map(|document| document.pointer("/metadata/name")?.as_str())
            .filter(|name| !GIVEN.contains(name))
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
        let (kind, name) = (text("/kind"), text("/metadata/name"));
        match kind {
            "Node" => self.add("node", name),
            "BGPPeer" => self.add("bgppeer", name),
            "IPReservation" => self.add("ipreservation", name),
            "BGPConfiguration" | "FelixConfiguration" if !name.starts_with("node.") => {
                self.add("configuration", name);
            }
            "DaemonSet" | "Deployment" | "Pod" if !is_known(name) => {
                self.add(&kind.to_ascii_lowercase(), name);
            }
            "PodAddress" => {
                let pod = text("/spec/pod");
                if !is_known(pod) {
                    self.add("pod", pod);
                }
            }
            _ => {}
        }
    }

    /// The names that objects mention.
    fn add_fields(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(name) => match key {
                "namespace" | "meta.helm.sh/release-namespace"
                    if !NAMESPACES.contains(&name.as_str()) =>
                {
                    self.add("namespace", name);
                }
                "node" | "nodeName" => self.add("node", name),
                "affinity" => {
                    if let Some((_, node)) = name.split_once(':') {
                        self.add("node", node);
                    }
                }
                "meta.helm.sh/release-name"
                | "argocd.argoproj.io/instance"
                | "helm.toolkit.fluxcd.io/name"
                | "kustomize.toolkit.fluxcd.io/name"
                    if !is_known(name) =>
                {
                    self.add("release", name);
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

/// Whether a name cannot be taken for a word, such as a node called `linux`.
fn is_distinct(name: &str) -> bool {
    name.contains(['-', '.']) || name.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_known(name: &str) -> bool {
    WORKLOADS.iter().any(|start| name.starts_with(start))
}
