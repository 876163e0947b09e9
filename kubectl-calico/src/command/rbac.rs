//! `kubectl calico rbac`

use std::collections::{BTreeMap, BTreeSet};

use crate::exit::Exit;
use crate::snapshot::resource::Select;
use crate::snapshot::resources::RESOURCES;

/// Prints the ClusterRole that reading everything takes.
pub fn run() -> Exit {
    super::write(&cluster_role()).err().unwrap_or(Exit::Well)
}

/// The ClusterRole, made of the table of what is read: one rule for each group, verb and set of
/// names. A list cannot be narrowed to names, so single objects are only ever got.
fn cluster_role() -> String {
    let mut rules: BTreeMap<(&str, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    for resource in RESOURCES {
        for api in resource.apis {
            let (of, names) = match resource.select {
                Select::Named(_, name) => (api.plural, Some(name)),
                _ => ("", None),
            };
            let rule = rules.entry((api.group, resource.select.verb(), of));
            rule.or_default().insert(names.unwrap_or(api.plural));
        }
    }
    let mut text = String::from(
        "apiVersion: \"rbac.authorization.k8s.io/v1\"\n\
         kind: \"ClusterRole\"\n\
         metadata:\n  name: \"kubectl-calico\"\n\
         rules:\n",
    );
    for ((group, verb, of), members) in rules {
        let (resources, names) = match of {
            "" => (members, BTreeSet::new()),
            plural => (BTreeSet::from([plural]), members),
        };
        text.push_str(&format!(
            "  - apiGroups: {}\n    resources: {}\n",
            list(&BTreeSet::from([group])),
            list(&resources)
        ));
        if !names.is_empty() {
            text.push_str(&format!("    resourceNames: {}\n", list(&names)));
        }
        text.push_str(&format!("    verbs: {}\n", list(&BTreeSet::from([verb]))));
    }
    text
}

fn list(items: &BTreeSet<&str>) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", items.join(", "))
}
