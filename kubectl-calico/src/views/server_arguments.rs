//! The arguments of k3s and RKE2 servers, which write them to an annotation of their node, with those of
//! their configuration files. Agents have none of these flags.
//!
//! Source: k3s-io/k3s v1.31, pkg/nodeconfig/nodeconfig.go.

use crate::snapshot::{Node, ObjectRef, Provenance, Snapshot};

const K3S: &str = "k3s.io/node-args";

const RKE2: &str = "rke2.io/node-args";

/// The arguments of one server.
#[derive(Clone, Debug)]
pub struct ServerArguments {
    /// Its node.
    pub node: ObjectRef,
    key: &'static str,
    words: Vec<String>,
}

impl ServerArguments {
    /// The arguments of all servers.
    pub fn all(snapshot: &Snapshot) -> impl Iterator<Item = Self> {
        snapshot.nodes.items().iter().filter_map(Self::of)
    }

    fn of(node: &Node) -> Option<Self> {
        let annotation = |key| Some((key, node.metadata.annotation(key)?));
        let (key, text) = [K3S, RKE2].into_iter().find_map(annotation)?;
        let words: Vec<String> = serde_json::from_str(text).unwrap_or_default();
        let is_server = words.first().is_some_and(|word| word == "server");
        is_server.then(|| Self {
            node: ObjectRef::named("Node", &node.metadata.name),
            key,
            words,
        })
    }

    /// The backend of the flannel that k3s runs in its own process unless that is disabled, and where it is set.
    /// RKE2 has none.
    pub fn flannel_backend(&self) -> Option<(&str, Provenance)> {
        const FLAG: &str = "--flannel-backend";
        if self.key != K3S {
            return None;
        }
        match self.flag(FLAG) {
            Some("none") => None,
            Some(backend) => Some((backend, self.at(FLAG))),
            None => Some(("vxlan", self.default_of(FLAG))),
        }
    }

    /// The value of a flag, which is empty if the flag stands alone. The command line comes after the
    /// configuration file, and the last value counts.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let words = self.words.iter().enumerate().rev();
        let mut values = words.filter_map(|(index, word)| match word.strip_prefix(name)? {
            "" => {
                let next = self.words.get(index + 1).map(String::as_str);
                Some(next.filter(|next| !next.starts_with('-')).unwrap_or(""))
            }
            rest => rest.strip_prefix('='),
        });
        values.next()
    }

    /// Whether a flag without a value, or with the value `true`, is set.
    pub fn is_set(&self, name: &str) -> bool {
        self.flag(name)
            .is_some_and(|value| matches!(value, "" | "true"))
    }

    /// Where a flag is.
    pub fn at(&self, flag: &str) -> Provenance {
        Provenance::new(&self.node, self.field(flag))
    }

    /// Where a flag would be that has its default value.
    pub fn default_of(&self, flag: &str) -> Provenance {
        Provenance::default_of(&self.node, self.field(flag))
    }

    fn field(&self, flag: &str) -> String {
        format!("annotation {} {flag}", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(arguments: &str) -> Option<ServerArguments> {
        let mut node = Node::default();
        let annotations = &mut node.metadata.annotations;
        annotations.insert(K3S.into(), arguments.into());
        ServerArguments::of(&node)
    }

    #[test]
    fn flags_with_and_without_a_value() {
        let found = server(
            r#"["server", "--a", "1", "--a=2", "--alone", "--off", "false", "--on=true", "--end"]"#,
        )
        .unwrap();
        assert_eq!(found.flag("--a"), Some("2"));
        assert!(found.is_set("--alone") && found.is_set("--on") && found.is_set("--end"));
        assert!(!found.is_set("--off") && !found.is_set("--absent"));
        assert!(server(r#"["agent", "--a"]"#).is_none());
    }
}
