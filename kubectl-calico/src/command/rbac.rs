//! `kubectl calico rbac`

use std::collections::{BTreeMap, BTreeSet};

use super::output;
use crate::cli::RbacArgs;
use crate::exit::Exit;
use crate::gather::changes::is_watched;
use crate::repair::access::{PROBE_ROLE, ROLE};
use crate::snapshot::resources::{CALICO_NODE_STATUSES, RESOURCES};
use crate::snapshot::select::Select;

const HEADER: &str = "\
apiVersion: \"rbac.authorization.k8s.io/v1\"
kind: \"ClusterRole\"
metadata:
  name: \"NAME\"
rules:
";

/// Prints a ClusterRole with the permissions to read everything; with `--probe` or `--watch`, one of
/// another name that allows more.
pub(super) fn run(arguments: RbacArgs) -> Exit {
    output::print(&cluster_role(arguments), Exit::Success)
}

/// The name of the ClusterRole, so that those with more permissions do not replace the others.
fn name(arguments: RbacArgs) -> String {
    let role = if arguments.probe { PROBE_ROLE } else { ROLE };
    if arguments.watch {
        format!("{role}-watch")
    } else {
        role.to_owned()
    }
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
fn cluster_role(arguments: RbacArgs) -> String {
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
            if arguments.watch && is_watched(row) {
                let key = RuleKey {
                    group: api.group,
                    verb: "watch",
                    resource,
                };
                rules.entry(key).or_default().insert(member);
            }
        }
    }
    let row = &CALICO_NODE_STATUSES;
    let verbs = ["create", "delete", "watch"]
        .into_iter()
        .filter(|_| arguments.probe);
    for (api, verb) in verbs.flat_map(|verb| row.apis.iter().map(move |api| (api, verb))) {
        let key = RuleKey {
            group: api.group,
            verb,
            resource: "",
        };
        rules.entry(key).or_default().insert(api.plural);
    }
    let mut text = HEADER.replace("NAME", &name(arguments));
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
