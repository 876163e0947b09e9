//! Which operator will read the Installation: what the stream's Deployment says.

use calico_core::operator::{
    ContainerView, DEPLOYMENT, OperatorVersion, VERSION_VARIABLE, VersionSource, version_of,
};
use serde::Serialize;

use crate::find::unreadable;
use crate::read::stream::{self, Stream};
use crate::read::tree::{NodeId, Tree};

/// A version, and where it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The version whose rules apply.
    pub version: OperatorVersion,
    /// Where it is from.
    pub source: Source,
}

/// Where an operator's version is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// `--operator-version`
    Flag,
    /// The tag of the image in the operator's Deployment.
    ImageTag,
    /// The version variable in the operator's Deployment.
    VersionVariable,
    /// Nothing tells: the newest that is known.
    Assumed,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "from --operator-version",
            Self::ImageTag => "from the image tag of its Deployment",
            Self::VersionVariable => "from TIGERA_OPERATOR_INIT_IMAGE_VERSION in its Deployment",
            Self::Assumed => "assumed: the stream does not tell",
        })
    }
}

/// The version that the stream tells, or the newest known one.
pub(crate) fn version(stream: &Stream) -> Operator {
    let named = stream.mentions().operator.iter();
    let mut documents = named.map(|index| stream.document(*index));
    documents
        .find_map(|document| of_document(stream::read_part(document)))
        .unwrap_or(Operator {
            version: OperatorVersion::NEWEST,
            source: Source::Assumed,
        })
}

/// The version in a document's Deployments, whether it is one or a list of some. One that is not
/// YAML has none.
fn of_document(document: &[u8]) -> Option<Operator> {
    if !says_kind(document, b"Deployment") {
        return None;
    }
    let (_, tree) = unreadable::parse(document).ok()?;
    let root = tree.root()?;
    let items = tree.get(root, "items").map(|items| tree.items(items));
    let containers = ["spec", "template", "spec", "containers"];
    let mut objects = items.unwrap_or_default().iter().copied().chain([root]);
    objects.find_map(|object| {
        let is_operator = tree.text_at(object, &["kind"]) == Some("Deployment")
            && tree.text_at(object, &["metadata", "name"]) == Some(DEPLOYMENT);
        let containers = tree.get_at(object, &containers).filter(|_| is_operator)?;
        let containers = tree.items(containers).iter();
        let reported = version_of(containers.map(|container| container_view(&tree, *container)))?;
        Some(Operator {
            version: reported.version,
            source: match reported.source {
                VersionSource::ImageTag => Source::ImageTag,
                VersionSource::Variable => Source::VersionVariable,
            },
        })
    })
}

/// Whether `kind` stands close before `name` anywhere, in whatever style: the CRDs around the
/// operator are large, talk of Deployments too, and need not be parsed.
fn says_kind(document: &[u8], name: &[u8]) -> bool {
    const CLOSE: usize = 16;
    memchr::memmem::find_iter(document, name).any(|at| {
        let before = document
            .get(at.saturating_sub(CLOSE)..at)
            .unwrap_or_default();
        memchr::memmem::find(before, b"kind").is_some()
    })
}

fn container_view(tree: &Tree, container: NodeId) -> ContainerView<'_> {
    let env = tree.get(container, "env").map(|env| tree.items(env));
    let variable = env
        .unwrap_or_default()
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

    fn found(image: &str, variable: &str) -> (String, Source) {
        let text = format!(
            "kind: Deployment\nmetadata: {{name: tigera-operator}}\nspec: {{template: {{spec: {{containers: \
             [{{name: tigera-operator, image: '{image}', env: [{{name: {VERSION_VARIABLE}, value: '{variable}'}}]}}]}}}}}}\n"
        );
        let operator = version(&Stream::new(text.into_bytes()));
        (operator.version.to_string(), operator.source)
    }

    #[test]
    fn the_image_tag_first_then_the_variable_then_the_newest() {
        let image = |image: &str| found(image, "v1.38.1");
        assert_eq!(
            image("quay.io/tigera/operator:v1.40.15"),
            ("1.40.15".to_owned(), Source::ImageTag)
        );
        assert_eq!(
            image("r:5000/operator"),
            ("1.38.1".to_owned(), Source::VersionVariable)
        );
        assert_eq!(
            image("r/operator:latest"),
            ("1.38.1".to_owned(), Source::VersionVariable)
        );
        assert_eq!(
            image("r:5000/o:v1.40.2@sha256:aa"),
            ("1.40.2".to_owned(), Source::ImageTag)
        );
        for tag in ["v3.26.4", "2024.1.2"] {
            let read = image(&format!("r/operator:{tag}"));
            assert_eq!(
                read,
                ("1.38.1".to_owned(), Source::VersionVariable),
                "{tag}"
            );
        }
        assert_eq!(
            found("r/operator:latest", "x"),
            (OperatorVersion::NEWEST.to_string(), Source::Assumed)
        );
        let other = Stream::new(b"kind: Deployment\nmetadata: {name: x}\n".to_vec());
        assert_eq!(version(&other).source, Source::Assumed);
    }
}
