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

/// A resource, or an object of it that is read by name: the permission to list cannot be limited to names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    group: &'static str,
    resource: &'static str,
    name: Option<&'static str>,
}

/// The ClusterRole. Resources of a group with the same verbs share a rule, and so do objects of a resource.
fn cluster_role(arguments: RbacArgs) -> String {
    let mut allowed: BTreeMap<Target, BTreeSet<&str>> = BTreeMap::new();
    for row in RESOURCES {
        for api in row.apis {
            let target = Target {
                group: api.group,
                resource: api.plural,
                name: match row.select {
                    Select::Named(_, name) => Some(name),
                    _ => None,
                },
            };
            let verbs = allowed.entry(target).or_default();
            verbs.insert(row.select.verb());
            if arguments.watch && is_watched(row) {
                verbs.insert("watch");
            }
        }
    }
    if arguments.probe {
        for api in CALICO_NODE_STATUSES.apis {
            let target = Target {
                group: api.group,
                resource: api.plural,
                name: None,
            };
            let verbs = allowed.entry(target).or_default();
            verbs.extend(["create", "delete", "watch"]);
        }
    }
    let mut rules: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (target, verbs) in allowed {
        let (resource, member) = match target.name {
            Some(name) => (Some(target.resource), name),
            None => (None, target.resource),
        };
        let rule = (target.group, resource, verbs);
        rules.entry(rule).or_default().insert(member);
    }
    let mut text = HEADER.replace("NAME", &name(arguments));
    for ((group, resource, verbs), members) in rules {
        text.push_str(&format!("  - apiGroups: {}\n", list([group])));
        if let Some(resource) = resource {
            text.push_str(&format!("    resources: {}\n", list([resource])));
            text.push_str(&format!("    resourceNames: {}\n", list(members)));
        } else {
            text.push_str(&format!("    resources: {}\n", list(members)));
        }
        text.push_str(&format!("    verbs: {}\n", list(verbs)));
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
