//! What is kept of a value that a server or a file has.

/// The fields of an object that are kept, by name.
pub type Fields = &'static [(&'static str, Keep)];

/// What is kept of a value. A list is treated like each of its entries. Of a value of another type than
/// expected, only the type is kept: `""` of a text, `{}` of an object.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    /// A text, a number or a boolean.
    Value,
    /// A text for people, up to [`LONGEST_MESSAGE`].
    Message,
    /// All of it.
    Whole,
    /// These fields of an object.
    Fields(Fields),
    /// Of a list of objects, those in which the field `by` has one of some values; and of each, these
    /// fields.
    Entries {
        by: &'static str,
        of: &'static [&'static str],
        fields: Fields,
    },
    /// `matchLabels`, if it selects by these labels only: a part of a selector would select too much.
    Selector(&'static [&'static str]),
    /// Of the words of a command line, these flags, each as `--flag=value`.
    Flags(&'static [&'static str]),
    /// A text with the words of a command line as JSON: the first word, and these flags.
    CommandLine(&'static [&'static str]),
    /// A text in YAML or JSON: these fields, as JSON.
    Document(Fields),
    /// `data` of kubeadm's ConfigMap: what the pod CIDR and the Service CIDR are read from.
    Kubeadm,
}

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
        Keep::Whole => paths.push((path, "with everything in it".to_owned())),
        Keep::Fields([]) => paths.push((path, "whether it is set".to_owned())),
        Keep::Fields(fields) => {
            for (name, keep) in fields {
                add_paths(paths, below(name), *keep);
            }
        }
        Keep::Entries { by, of, fields } => {
            for (name, keep) in fields {
                if *name == by {
                    let part = format!("of the entries where it is {}", of.join(", "));
                    paths.push((below(name), part));
                } else {
                    add_paths(paths, below(name), *keep);
                }
            }
        }
        Keep::Selector(labels) => {
            paths.push((path, format!("if it selects only by {}", labels.join(", "))));
        }
        Keep::Flags(flags) => paths.push((path, format!("the flags {}", flags.join(", ")))),
        Keep::CommandLine(flags) => {
            paths.push((
                path,
                format!("the first word, and the flags {}", flags.join(", ")),
            ));
        }
        Keep::Document(fields) => {
            for (name, keep) in fields {
                add_paths(paths, below(name), *keep);
            }
        }
        Keep::Kubeadm => {
            let networking = format!("{path}.ClusterConfiguration.networking");
            let raw = "and what follows `podSubnet: ` in any entry, which the operator reads";
            paths.push((format!("{networking}.podSubnet"), raw.to_owned()));
            paths.push((format!("{networking}.serviceSubnet"), String::new()));
        }
    }
}
