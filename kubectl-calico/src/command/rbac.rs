//! `kubectl calico rbac`

use std::collections::{BTreeMap, BTreeSet};

use super::output;
use crate::exit::Exit;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::select::Select;

const HEADER: &str = "\
apiVersion: \"rbac.authorization.k8s.io/v1\"
kind: \"ClusterRole\"
metadata:
  name: \"kubectl-calico\"
rules:
";

/// Prints a ClusterRole with the permissions that status and plan need.
pub(super) fn run() -> Exit {
    output::print(&cluster_role(), Exit::Success)
}

/// What one rule allows: resources, or individual objects of one resource.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RuleKey {
    group: &'static str,
    verb: &'static str,
    /// The resource of individual objects; empty for whole resources.
    resource: &'static str,
}

/// The ClusterRole, with one rule for each key. The permission to list cannot be limited to names, so
/// individual objects are always read by name.
fn cluster_role() -> String {
    let mut rules: BTreeMap<RuleKey, BTreeSet<&str>> = BTreeMap::new();
    for row in RESOURCES {
        for api in row.apis {
            let (resource, member) = match row.select {
                Select::Named(_, name) => (api.plural, name),
                _ => ("", api.plural),
            };
            let key = RuleKey {
                group: api.group,
                verb: row.select.verb(),
                resource,
            };
            rules.entry(key).or_default().insert(member);
        }
    }
    let mut text = String::from(HEADER);
    for (key, members) in rules {
        text.push_str(&format!("  - apiGroups: {}\n", list([key.group])));
        if key.resource.is_empty() {
            text.push_str(&format!("    resources: {}\n", list(members)));
        } else {
            text.push_str(&format!("    resources: {}\n", list([key.resource])));
            text.push_str(&format!("    resourceNames: {}\n", list(members)));
        }
        text.push_str(&format!("    verbs: {}\n", list([key.verb])));
    }
    text
}

/// A YAML list.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| format!("\"{item}\""))
        .collect();
    format!("[{}]", items.join(", "))
}
