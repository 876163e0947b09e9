//! Documents that were skipped because they are not Kubernetes objects, or cannot be parsed.

use std::fmt;

use crate::snapshot::resource::Resource;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::select::Select;

/// A document, or an item of a list, that was skipped.
#[derive(Debug)]
pub struct Skipped {
    /// What messages call the file.
    pub(super) name: String,
    /// The number of the document in the file, from 1.
    pub(super) number: usize,
    pub(super) may_hold: MayHold,
    pub(super) why: String,
}

/// `dir/values.yaml, document 1: not a Kubernetes object: apiVersion or kind is missing`
impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, document {}: {}", self.name, self.number, self.why)
    }
}

/// The rows whose objects a skipped document may contain.
#[derive(Debug, Default)]
pub(super) struct MayHold(Vec<&'static Resource>);

impl MayHold {
    /// Objects of a kind, if there is one.
    pub(super) fn of_kind(kind: Option<&str>) -> Self {
        Self(rows(|row| kind.is_some_and(|kind| row.is_called(kind))))
    }

    /// The kinds mentioned in a text that cannot be parsed. The kind of the object is the one at the
    /// start of a line; in JSON and in lists, it may be any of the mentioned kinds.
    pub(super) fn mentioned_in(text: &str) -> Self {
        let kinds = kinds(text);
        let own = kinds.iter().find(|kind| kind.begins_line);
        match own {
            Some(own) if !own.is_list() => Self(rows(|row| {
                row.is_called(own.name) && is_mentioned(row.select, text)
            })),
            _ if kinds.iter().any(|kind| kind.name == "List") => Self(rows(|_| true)),
            _ => Self(rows(|row| {
                kinds.iter().any(|kind| row.is_called(kind.item()))
            })),
        }
    }

    pub(super) fn includes(&self, resource: &Resource) -> bool {
        self.0.iter().any(|row| std::ptr::eq(*row, resource))
    }
}

fn rows(is_held: impl Fn(&Resource) -> bool) -> Vec<&'static Resource> {
    let rows = RESOURCES.iter().copied();
    rows.filter(|row| is_held(row)).collect()
}

/// Whether a text mentions what an object is selected by.
fn is_mentioned(select: Select, text: &str) -> bool {
    match select {
        Select::All
        | Select::OfFailingPods(_)
        | Select::OnRequest
        | Select::Metadata(_)
        | Select::PhaseIn(..) => true,
        Select::Labelled(_, values) | Select::LabelledIn(_, _, values) => {
            values.iter().any(|value| text.contains(value))
        }
        Select::Named(_, name) | Select::Called(name) => text.contains(name),
    }
}

/// A kind in a text that cannot be parsed.
struct Kind<'a> {
    begins_line: bool,
    name: &'a str,
}

impl<'a> Kind<'a> {
    fn is_list(&self) -> bool {
        self.name.ends_with("List")
    }

    /// The kind of the items of a list.
    fn item(&self) -> &'a str {
        self.name.strip_suffix("List").unwrap_or(self.name)
    }
}

fn kinds(text: &str) -> Vec<Kind<'_>> {
    let key = "kind";
    text.match_indices(key)
        .filter_map(|(at, _)| {
            let (before, rest) = text.split_at_checked(at)?;
            if before.ends_with(char::is_alphanumeric) {
                return None;
            }
            Some(Kind {
                begins_line: before.is_empty() || before.ends_with('\n'),
                name: value_after(rest.strip_prefix(key)?)?,
            })
        })
        .collect()
}

/// `Node` of `: Node`, `": "Node"` or `: 'Node' # comment`.
fn value_after(key: &str) -> Option<&str> {
    let quotes = ['"', '\''];
    let value = key.trim_start_matches(quotes).trim_start_matches(' ');
    let value = value
        .strip_prefix(':')?
        .trim_start_matches(' ')
        .trim_start_matches(quotes);
    let end = value
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(value.len());
    value.get(..end).filter(|kind| !kind.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::resources::{IP_POOLS, KUBE_PROXY, NODES};

    #[test]
    fn what_a_text_may_hold_that_cannot_be_parsed() {
        for (text, nodes, pools, kube_proxy) in [
            ("kind: Node\nx: [", true, false, false),
            ("kind: 'Secret' # kind: Node\nx: [", false, false, false),
            (r#"{"kind":"Node", "metadata": {"#, true, false, false),
            ("kind: List\nitems:\n- kind: Node\n  x: [", true, true, true),
            ("kind: NodeList\nitems:\n- x: [", true, false, false),
            (
                r#"{"items": [{"kind": "IPPool"}, {"kind": "Node""#,
                true,
                true,
                false,
            ),
            (
                "owner:\n- kind: Node\n{{ x }}\nkind: Role\n",
                false,
                false,
                false,
            ),
            (
                "kind: ConfigMap\nmetadata: {name: kube-proxy\n",
                false,
                false,
                true,
            ),
            (
                "kind: ConfigMap\nmetadata: {name: other\n",
                false,
                false,
                false,
            ),
            ("replicas: 1\n x: 2\nmankind: Node's", false, false, false),
        ] {
            let held = MayHold::mentioned_in(text);
            let held = [&NODES, &IP_POOLS, &KUBE_PROXY].map(|row| held.includes(row));
            assert_eq!(held, [nodes, pools, kube_proxy], "{text}");
        }
    }
}
