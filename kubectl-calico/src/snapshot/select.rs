//! Which objects of a kind are read.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::labels::Labels;

/// Which objects of a kind are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// All, in every namespace.
    All,
    /// Those with one of several values of a label, in every namespace.
    Labelled(&'static str, &'static [&'static str]),
    /// Those with a name, in every namespace.
    Called(&'static str),
    /// Those in a namespace with one of several values of a label.
    LabelledIn(&'static str, &'static str, &'static [&'static str]),
    /// The pods in a namespace that are in a phase.
    PhaseIn(&'static str, &'static str),
    /// What pods that fail say, read with that verb. Which pods these are depends on the other rows.
    OfFailingPods(&'static str),
    /// All, in every namespace, but only if they are requested with `--pods`.
    OnRequest,
    /// The metadata of those in every namespace that a field selector selects; of all, if it is empty.
    Metadata(&'static str),
    /// A single object, by namespace and name. The namespace of a cluster-scoped object is empty.
    Named(&'static str, &'static str),
}

/// The fields of an object that a [`Select`] needs if the object does not come from a server.
#[derive(Debug)]
pub struct Selectable<'a> {
    pub name: &'a str,
    /// Empty for a cluster-scoped object.
    pub namespace: &'a str,
    pub labels: &'a Labels,
    /// `status.phase`; empty if not set.
    pub phase: &'a str,
}

impl Selectable<'_> {
    fn has_label(&self, key: &str, values: &[&str]) -> bool {
        self.labels
            .get(key)
            .is_some_and(|value| values.contains(&value))
    }
}

impl Select {
    /// Whether a server would return that object.
    pub fn selects(&self, object: &Selectable) -> bool {
        match *self {
            Self::All | Self::OfFailingPods(_) | Self::OnRequest | Self::Metadata(_) => true,
            Self::Labelled(key, values) => object.has_label(key, values),
            Self::Called(name) => object.name == name,
            Self::LabelledIn(namespace, key, values) => {
                object.namespace == namespace && object.has_label(key, values)
            }
            Self::PhaseIn(namespace, phase) => {
                object.namespace == namespace && object.phase == phase
            }
            Self::Named(namespace, name) => object.namespace == namespace && object.name == name,
        }
    }

    /// Whether it depends on labels, which a manifest may leave out that changes an object.
    pub fn is_by_labels(&self) -> bool {
        matches!(self, Self::Labelled(..) | Self::LabelledIn(..))
    }

    /// The query of a list, without the `?`; empty for all objects.
    pub fn query(&self) -> String {
        match *self {
            Self::All
            | Self::OfFailingPods(_)
            | Self::OnRequest
            | Self::Metadata("")
            | Self::Named(..) => String::new(),
            Self::Metadata(selector) => {
                let selector = utf8_percent_encode(selector, NON_ALPHANUMERIC);
                format!("fieldSelector={selector}")
            }
            // labelSelector=KEY in (A,B), percent-encoded.
            Self::Labelled(key, values) | Self::LabelledIn(_, key, values) => {
                format!("labelSelector={key}%20in%20%28{}%29", values.join("%2C"))
            }
            Self::Called(name) => format!("fieldSelector=metadata.name%3D{name}"),
            Self::PhaseIn(_, phase) => format!("fieldSelector=status.phase%3D{phase}"),
        }
    }

    /// The namespace that is read; empty for all of them.
    pub(super) fn namespace(&self) -> &'static str {
        match *self {
            Self::All
            | Self::OfFailingPods(_)
            | Self::OnRequest
            | Self::Metadata(_)
            | Self::Called(_)
            | Self::Labelled(..) => "",
            Self::LabelledIn(namespace, ..)
            | Self::PhaseIn(namespace, _)
            | Self::Named(namespace, _) => namespace,
        }
    }

    /// The RBAC verb that allows it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Named(..) => "get",
            Self::OfFailingPods(verb) => verb,
            _ => "list",
        }
    }
}
