//! What is kept of a value that a server or a file has.

/// The fields of an object that are kept, by name.
pub type Fields = &'static [(&'static str, Keep)];

/// What is kept of a value. In a list, it applies to each entry. If a value does not have the expected
/// type, only its type is kept: `""` for a string, `{}` for an object.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    /// A string, a number or a boolean.
    Value,
    /// A message for people, up to [`LONGEST_MESSAGE`], without lines that may hold a credential.
    Message,
    /// All of it.
    Whole,
    /// These fields of an object.
    Fields(Fields),
    /// In a list of objects, those in which the field `by` has one of the given values; of each, these
    /// fields.
    Entries {
        by: &'static str,
        of: &'static [&'static str],
        fields: Fields,
    },
    /// These labels of `matchLabels`, if it selects by no other ones or by [`APP`]: another part of a selector
    /// would select too much. kustomize and kOps add labels of their own to every selector.
    Selector(&'static [&'static str]),
    /// These flags of a command line, each as `--flag=value`.
    Flags(&'static [&'static str]),
    /// A string with the words of a command line as JSON: the first word, and these flags.
    CommandLine(&'static [&'static str]),
    /// A string in YAML or JSON: these fields, as JSON.
    Document(Fields),
    /// `data` of kubeadm's ConfigMap: what the pod CIDR and the Service CIDR are read from.
    Kubeadm,
    /// A string with a manifest of the object itself in JSON: what is kept of the object.
    SameObject,
}

/// The label that names the part of Calico that a workload runs.
pub const APP: &str = "k8s-app";

/// The longest message that is kept, in characters. The kubelet's own limit is 4,096 bytes.
pub const LONGEST_MESSAGE: usize = 4096;

/// Whether the value at a path is kept.
pub fn keeps(fields: Fields, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    match fields.iter().find(|(name, _)| name == first) {
        Some((_, Keep::Fields(below))) => keeps(below, rest),
        Some(_) => rest.is_empty(),
        None => false,
    }
}

/// Each path that is kept of an object, such as `spec.podCIDRs`, and which part of it, if not all.
pub fn paths(fields: Fields) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for (name, keep) in fields {
        add_paths(&mut paths, (*name).to_owned(), *keep);
    }
    paths
}

fn add_paths(paths: &mut Vec<(String, String)>, path: String, keep: Keep) {
    let below = |name: &str| {
        if name.contains(['.', '/']) {
            format!("{path}[{name}]")
        } else {
            format!("{path}.{name}")
        }
    };
    match keep {
        Keep::Value => paths.push((path, String::new())),
        Keep::Message => paths.push((path, "the first 4,096 characters".to_owned())),
        Keep::Whole => paths.push((path, "in full".to_owned())),
        Keep::Fields([]) => paths.push((path, "only whether it is set".to_owned())),
        Keep::Fields(fields) => {
            for (name, keep) in fields {
                add_paths(paths, below(name), *keep);
            }
        }
        Keep::Entries { by, of, fields } => {
            for (name, keep) in fields {
                if *name == by {
                    let part = format!("only entries with {}", of.join(", "));
                    paths.push((below(name), part));
                } else {
                    add_paths(paths, below(name), *keep);
                }
            }
        }
        Keep::Selector(labels) => {
            paths.push((
                path,
                format!(
                    "only {}, and only if {APP} or no other label is selected",
                    labels.join(", ")
                ),
            ));
        }
        Keep::Flags(flags) => paths.push((path, format!("only the flags {}", flags.join(", ")))),
        Keep::CommandLine(flags) => {
            paths.push((
                path,
                format!("only the first word and the flags {}", flags.join(", ")),
            ));
        }
        Keep::Document(fields) => {
            for (name, keep) in fields {
                add_paths(paths, below(name), *keep);
            }
        }
        Keep::SameObject => {
            let part = "the same fields, of the manifest that was last applied";
            paths.push((format!("{path}.*"), part.to_owned()));
        }
        Keep::Kubeadm => {
            let networking = format!("{path}.ClusterConfiguration.networking");
            let raw = "and the text after `podSubnet: ` in any entry, which the operator reads";
            paths.push((format!("{networking}.podSubnet"), raw.to_owned()));
            paths.push((format!("{networking}.serviceSubnet"), String::new()));
        }
    }
}
