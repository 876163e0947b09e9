//! The Installation's list of pools, `spec.calicoNetwork.ipPools`, and the patches that change it
//! step by step. A patch fails if the list is no longer as it was read.

use serde_json::{Value, json};

use super::command::Command;
use super::kubectl::{PatchType, patch_installation};
use crate::snapshot::Snapshot;
use crate::views::objects::default_installation;

const NETWORK: &str = "/spec/calicoNetwork";
const PATH: &str = "/spec/calicoNetwork/ipPools";

/// The entries, as they are once the patches so far are applied.
#[derive(Clone, Debug, Default)]
pub struct InstallationList {
    entries: Vec<Value>,
    missing: Missing,
    is_changed_elsewhere: bool,
}

/// What a patch has to create before it can add an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Missing {
    #[default]
    Nothing,
    List,
    CalicoNetwork,
}

impl InstallationList {
    /// The pools that a snapshot's Installation lists; none if there is no Installation. There are no
    /// patches for an Installation that must be changed elsewhere.
    pub fn of(snapshot: &Snapshot, is_changed_elsewhere: bool) -> Self {
        let network = default_installation(snapshot)
            .and_then(|found| found.spec.get("calicoNetwork"))
            .filter(|network| !network.is_null());
        let pools = network.and_then(|network| network.get("ipPools"));
        match pools.and_then(|pools| serde_json::to_value(pools).ok()) {
            Some(Value::Array(entries)) => Self {
                entries,
                missing: Missing::Nothing,
                is_changed_elsewhere,
            },
            _ => Self {
                entries: Vec::new(),
                missing: match network {
                    Some(_) => Missing::List,
                    None => Missing::CalicoNetwork,
                },
                is_changed_elsewhere,
            },
        }
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Value] {
        &self.entries
    }

    /// The index of the pool with a CIDR, by which the operator identifies it.
    pub fn index_of(&self, cidr: &str) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| cidr_of(entry) == Some(cidr))
    }

    /// Adds entries. The whole list is tested, so that none is added twice. In a test, a field that does
    /// not exist is null.
    pub fn extend(&mut self, entries: Vec<Value>) -> Command {
        let test = |path: &str, value: Value| json!({"op": "test", "path": path, "value": value});
        let add = |path: &str, value: Value| json!({"op": "add", "path": path, "value": value});
        let operations = match self.missing {
            Missing::Nothing => std::iter::once(test(PATH, json!(self.entries)))
                .chain(entries.iter().cloned().map(added))
                .collect(),
            Missing::List => vec![test(PATH, Value::Null), add(PATH, json!(entries))],
            Missing::CalicoNetwork => vec![
                test(NETWORK, Value::Null),
                add(NETWORK, json!({"ipPools": entries})),
            ],
        };
        self.missing = Missing::Nothing;
        self.entries.extend(entries);
        self.patch(&operations.into())
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Value) -> Command {
        self.entries.push(entry.clone());
        self.patch(&json!([added(entry)]))
    }

    /// Sets fields of the entry at an index.
    pub fn set(&mut self, index: usize, fields: &[(&str, Value)]) -> Command {
        let mut operations = vec![self.test(index)];
        operations.extend(fields.iter().map(|(key, value)| {
            json!({"op": "add", "path": format!("{PATH}/{index}/{key}"), "value": value})
        }));
        if let Some(Value::Object(entry)) = self.entries.get_mut(index) {
            entry.extend(
                fields
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), value.clone())),
            );
        }
        self.patch(&operations.into())
    }

    /// Removes the entry at an index.
    pub fn remove(&mut self, index: usize) -> Command {
        self.replace(index, Vec::new())
    }

    /// Replaces the entry at an index with others of another name, which are added at the end.
    pub fn replace(&mut self, index: usize, entries: Vec<Value>) -> Command {
        let mut operations = vec![
            self.test(index),
            json!({"op": "remove", "path": format!("{PATH}/{index}")}),
        ];
        operations.extend(entries.iter().cloned().map(added));
        if index < self.entries.len() {
            self.entries.remove(index);
        }
        self.entries.extend(entries);
        self.patch(&operations.into())
    }

    fn patch(&self, operations: &Value) -> Command {
        if self.is_changed_elsewhere {
            return String::new().into();
        }
        patch_installation(PatchType::Json, operations)
    }

    /// An operation that fails if another entry is at the index.
    fn test(&self, index: usize) -> Value {
        let cidr = self.entries.get(index).and_then(cidr_of);
        json!({"op": "test", "path": format!("{PATH}/{index}/cidr"), "value": cidr})
    }
}

/// `cidr` of an entry, as written.
fn cidr_of(entry: &Value) -> Option<&str> {
    entry.get("cidr")?.as_str()
}

fn added(entry: Value) -> Value {
    json!({"op": "add", "path": format!("{PATH}/-"), "value": entry})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_keeps_its_place_as_others_come_and_go() {
        let mut list = InstallationList {
            entries: vec![json!({"cidr": "10.0.0.0/16"}), json!({"cidr": "fd00::/64"})],
            ..InstallationList::default()
        };
        let text = |command: Command| match command {
            Command::Run(text) => text,
            other => panic!("{other:?}"),
        };
        let added = text(list.add(json!({"cidr": "192.168.0.0/16"})));
        assert!(added.contains("/spec/calicoNetwork/ipPools/-"), "{added}");
        let removed = text(list.remove(0));
        assert!(
            removed.contains("value: \"10.0.0.0/16\"") && removed.contains("ipPools/0\""),
            "{removed}"
        );
        assert_eq!(list.index_of("192.168.0.0/16"), Some(1));
        let set = text(list.set(0, &[("encapsulation", json!("VXLAN"))]));
        assert!(
            set.contains("fd00::/64") && set.contains("ipPools/0/encapsulation"),
            "{set}"
        );
        assert_eq!(list.entries()[0]["encapsulation"], "VXLAN");
    }
}
