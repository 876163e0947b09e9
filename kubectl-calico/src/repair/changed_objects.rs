//! The objects that commands change.

use super::calls::calls;
use super::step::Step;

/// The kind of the Installation.
pub const INSTALLATION: &str = "Installation";

/// The kinds of objects that commands change, and how kubectl and calicoctl call them.
const KINDS: [(&str, &[&str]); 8] = [
    (
        "BGPConfiguration",
        &["bgpconfiguration", "bgpconfigurations"],
    ),
    ("ConfigMap", &["configmap", "configmaps", "cm"]),
    ("DaemonSet", &["daemonset", "daemonsets", "ds"]),
    ("Deployment", &["deployment", "deployments", "deploy"]),
    (
        "FelixConfiguration",
        &["felixconfiguration", "felixconfigurations"],
    ),
    (
        "IPAMConfig",
        &[
            "ipamconfig",
            "ipamconfigs",
            "ipamconfiguration",
            "ipamconfigurations",
        ],
    ),
    ("IPPool", &["ippool", "ippools"]),
    (INSTALLATION, &["installation", "installations"]),
];

/// What changes an object, of the commands of kubectl and calicoctl.
const VERBS: [&str; 7] = [
    "annotate", "delete", "edit", "label", "patch", "scale", "set",
];

/// Their flags with a value of its own.
const WITH_VALUE: [&str; 8] = [
    "-n",
    "--namespace",
    "-p",
    "--patch",
    "--patch-file",
    "--type",
    "-c",
    "-l",
];

/// An object that a command names.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
}

impl Changed {
    /// The reference to it; that to a namespaced object lacks the namespace.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// The objects that the commands of steps change.
pub fn changed(steps: &[Step]) -> Vec<Changed> {
    let mut objects: Vec<Changed> = Vec::new();
    for command in steps.iter().flat_map(|step| &step.commands) {
        for words in calls(command) {
            let words: Vec<&str> = words
                .into_iter()
                .filter_map(|word| command.get(word))
                .collect();
            for object in named(&words) {
                if !objects.contains(&object) {
                    objects.push(object);
                }
            }
        }
    }
    objects
}

/// The objects that a call changes: `kubectl patch ippools.projectcalico.org a`, `kubectl set env daemonset/calico-node`.
fn named(words: &[&str]) -> Vec<Changed> {
    let [program, verb, rest @ ..] = words else {
        return Vec::new();
    };
    if !["kubectl", "calicoctl"].contains(program) || !VERBS.contains(verb) {
        return Vec::new();
    }
    let mut arguments = Vec::new();
    let mut is_value = false;
    for word in rest {
        if is_value {
            is_value = false;
        } else if word.starts_with('-') {
            is_value = WITH_VALUE.contains(word);
        } else {
            arguments.push(*word);
        }
    }
    // `set env` has a subcommand.
    let arguments = arguments.iter().skip(usize::from(*verb == "set"));
    let arguments: Vec<&str> = arguments.copied().collect();
    let Some((first, names)) = arguments.split_first() else {
        return Vec::new();
    };
    let object = |kind: &'static str, name: &str| Changed {
        kind,
        name: name.to_owned(),
    };
    if let Some((resource, name)) = first.split_once('/') {
        return kind(resource)
            .map(|kind| object(kind, name))
            .into_iter()
            .collect();
    }
    let Some(kind) = kind(first) else {
        return Vec::new();
    };
    // `label` and `annotate` have more than names.
    let names = names
        .iter()
        .filter(|name| !name.contains('=') && !name.starts_with('\''));
    names.map(|name| object(kind, name)).collect()
}

fn kind(resource: &str) -> Option<&'static str> {
    let resource = resource.split('.').next()?;
    let mut kinds = KINDS.iter();
    let (kind, _) = kinds.find(|(_, names)| names.contains(&resource))?;
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_objects_that_they_change() {
        for (command, expected) in [
            (
                "kubectl patch ippools.projectcalico.org a --type merge -p '{\"spec\":{}}'",
                &["IPPool/a"][..],
            ),
            (
                "kubectl patch installations.operator.tigera.io default --type json --patch-file /dev/stdin <<'EOF'\n- a\nEOF",
                &["Installation/default"],
            ),
            ("calicoctl patch ippool a -p '{}'", &["IPPool/a"]),
            ("calicoctl delete ippool a b", &["IPPool/a", "IPPool/b"]),
            (
                "kubectl label ippools.projectcalico.org a app=b",
                &["IPPool/a"],
            ),
            (
                "kubectl set env daemonset/calico-node -n kube-system A=b",
                &["DaemonSet/calico-node"],
            ),
            (
                "kubectl scale -n kube-system deployment calico-typha --replicas=1",
                &["Deployment/calico-typha"],
            ),
            (
                "kubectl edit configmaps -n kube-system calico-config",
                &["ConfigMap/calico-config"],
            ),
            (
                "kubectl rollout restart daemonset calico-node -n kube-system",
                &[],
            ),
            ("kubectl get ippools a", &[]),
            ("kubectl label nodes a b=c", &[]),
        ] {
            let steps = [Step::new("").run(command)];
            let found: Vec<String> = changed(&steps).iter().map(Changed::reference).collect();
            assert_eq!(found, expected, "{command}");
        }
    }
}
