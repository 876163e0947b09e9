//! Which operator will read the Installation, as the stream's Deployment reports it.

use std::fmt;

use calico_core::operator::{
    ContainerView, DEPLOYMENT, OperatorVersion, VERSION_VARIABLE, VersionSource, version_of,
};
use serde::Serialize;

use crate::find::unreadable;
use crate::read::markers;
use crate::read::stream::Stream;
use crate::read::tree::{NodeId, Tree};

/// The operator whose rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its version.
    pub version: OperatorVersion,
    /// Where the version is from.
    pub source: OperatorSource,
}

/// Where the version of an operator is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OperatorSource {
    /// `--operator-version`
    Flag,
    /// The image tag of the operator's Deployment.
    ImageTag,
    /// The version variable of the operator's Deployment.
    VersionVariable,
    /// The stream has no version: the newest known one is assumed.
    Assumed,
}

impl fmt::Display for OperatorSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("from --operator-version"),
            Self::ImageTag => f.write_str("from the image tag of its Deployment"),
            Self::VersionVariable => write!(f, "from {VERSION_VARIABLE} in its Deployment"),
            Self::Assumed => f.write_str("assumed: not found in the stream"),
        }
    }
}

impl From<VersionSource> for OperatorSource {
    fn from(source: VersionSource) -> Self {
        match source {
            VersionSource::ImageTag => Self::ImageTag,
            VersionSource::Variable => Self::VersionVariable,
        }
    }
}

impl Operator {
    /// The operator of the stream, or else the newest known one.
    pub(crate) fn of(stream: &Stream) -> Self {
        stream
            .mentions()
            .operator
            .iter()
            .find_map(|index| of_document(markers::first_part(stream.document(*index))))
            .unwrap_or(Self {
                version: OperatorVersion::NEWEST,
                source: OperatorSource::Assumed,
            })
    }
}

/// The operator of a document that is its Deployment, or a list that has it among its items.
fn of_document(document: &[u8]) -> Option<Operator> {
    if !may_be_kind(document, b"Deployment") {
        return None;
    }
    let (_, tree) = unreadable::parse(document).ok()?;
    let root = tree.root()?;
    let items = tree
        .get(root, "items")
        .map_or(&[][..], |items| tree.items(items));
    items
        .iter()
        .chain([&root])
        .find_map(|object| of_object(&tree, *object))
}

fn of_object(tree: &Tree, object: NodeId) -> Option<Operator> {
    if tree.text_at(object, &["kind"]) != Some("Deployment")
        || tree.text_at(object, &["metadata", "name"]) != Some(DEPLOYMENT)
    {
        return None;
    }
    let containers = tree.get_at(object, &["spec", "template", "spec", "containers"])?;
    let containers = tree.items(containers).iter();
    let reported = version_of(containers.map(|container| container_view(tree, *container)))?;
    Some(Operator {
        version: reported.version,
        source: reported.source.into(),
    })
}

/// Whether `kind` closely precedes `name` anywhere, in any style: the CRDs next to the operator are
/// large, mention Deployments too, and need not be parsed.
fn may_be_kind(document: &[u8], name: &[u8]) -> bool {
    const CLOSE: usize = 16;
    memchr::memmem::find_iter(document, name).any(|at| {
        let before = document
            .get(at.saturating_sub(CLOSE)..at)
            .unwrap_or_default();
        memchr::memmem::find(before, b"kind").is_some()
    })
}

fn container_view(tree: &Tree, container: NodeId) -> ContainerView<'_> {
    let env = tree
        .get(container, "env")
        .map_or(&[][..], |env| tree.items(env));
    let variable = env
        .iter()
        .find(|entry| tree.text_at(**entry, &["name"]) == Some(VERSION_VARIABLE));
    ContainerView {
        name: tree.text_at(container, &["name"]),
        image: tree.text_at(container, &["image"]),
        version_variable: variable
            .map(|entry| tree.text_at(*entry, &["value"]).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(image: &str, variable: &str) -> (String, OperatorSource) {
        let text = format!(
            "kind: Deployment\nmetadata: {{name: tigera-operator}}\nspec: {{template: {{spec: {{containers: \
             [{{name: tigera-operator, image: '{image}', env: [{{name: {VERSION_VARIABLE}, value: '{variable}'}}]}}]}}}}}}\n"
        );
        let operator = Operator::of(&Stream::new(text.into_bytes()));
        (operator.version.to_string(), operator.source)
    }

    #[test]
    fn the_image_tag_first_then_the_variable_then_the_newest() {
        let image = |image: &str| reported(image, "v1.38.1");
        assert_eq!(
            image("quay.io/tigera/operator:v1.40.15"),
            ("1.40.15".to_owned(), OperatorSource::ImageTag)
        );
        assert_eq!(
            image("r:5000/operator"),
            ("1.38.1".to_owned(), OperatorSource::VersionVariable)
        );
        assert_eq!(
            image("r/operator:latest"),
            ("1.38.1".to_owned(), OperatorSource::VersionVariable)
        );
        assert_eq!(
            image("r:5000/o:v1.40.2@sha256:aa"),
            ("1.40.2".to_owned(), OperatorSource::ImageTag)
        );
        for tag in ["v3.26.4", "2024.1.2"] {
            let read = image(&format!("r/operator:{tag}"));
            assert_eq!(
                read,
                ("1.38.1".to_owned(), OperatorSource::VersionVariable),
                "{tag}"
            );
        }
        assert_eq!(
            reported("r/operator:latest", "x"),
            (OperatorVersion::NEWEST.to_string(), OperatorSource::Assumed)
        );
        let other = Stream::new(b"kind: Deployment\nmetadata: {name: x}\n".to_vec());
        assert_eq!(Operator::of(&other).source, OperatorSource::Assumed);
    }
}
