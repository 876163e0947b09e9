//! Which operator will read the Installation: what the stream's Deployment says.

use calico_core::operator::OperatorVersion;
use serde::Serialize;
use serde_yaml::Value;

use crate::stream::Stream;
use crate::tree::Tree;

/// The environment variable that the operator's manifests carry its version in.
const VERSION_VARIABLE: &str = "TIGERA_OPERATOR_INIT_IMAGE_VERSION";

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

/// The version in the stream, or the newest known one.
pub(crate) fn version(stream: &Stream) -> Operator {
    let documents = stream.documents_with("tigera-operator").into_iter();
    documents
        .filter(|index| stream.is_read(*index))
        .flat_map(|index| deployments(stream.document(index)))
        .find_map(|deployment| containers(&deployment).iter().find_map(of_container))
        .unwrap_or(Operator {
            version: OperatorVersion::NEWEST,
            source: Source::Assumed,
        })
}

/// The Deployments named tigera-operator in a document, whether it is one or a List of some.
/// A document that is not YAML has none.
fn deployments(document: &[u8]) -> Vec<Value> {
    if !says_kind(document, b"Deployment") {
        return Vec::new();
    }
    // The first parser has limits for nesting that the second checks too late.
    let text = std::str::from_utf8(document).ok();
    let Some(text) = text.filter(|text| Tree::parse(text).is_ok()) else {
        return Vec::new();
    };
    let Ok(value) = serde_yaml::from_str::<Value>(text) else {
        return Vec::new();
    };
    let is_operator = |value: &Value| {
        let name = value.get("metadata").and_then(|meta| meta.get("name"));
        value.get("kind").and_then(Value::as_str) == Some("Deployment")
            && name.and_then(Value::as_str) == Some("tigera-operator")
    };
    let items = value.get("items").and_then(Value::as_sequence).cloned();
    items
        .unwrap_or_else(|| vec![value])
        .into_iter()
        .filter(is_operator)
        .collect()
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

fn containers(deployment: &Value) -> &[Value] {
    let path = ["spec", "template", "spec", "containers"];
    path.iter()
        .try_fold(deployment, |value, key| value.get(key))
        .and_then(Value::as_sequence)
        .map_or(&[], Vec::as_slice)
}

/// A container of another image may have a version too (a proxy beside the operator): only one
/// that is called like the operator, or carries its variable, counts.
fn of_container(container: &Value) -> Option<Operator> {
    let text = |key: &str| container.get(key).and_then(Value::as_str);
    let env = container.get("env").and_then(Value::as_sequence);
    let variable = env.and_then(|env| {
        env.iter()
            .find(|entry| entry.get("name").and_then(Value::as_str) == Some(VERSION_VARIABLE))
    });
    if variable.is_none() && text("name") != Some("tigera-operator") {
        return None;
    }
    // Every operator is 1.x; a mirror's own tag, or Calico's version, is none.
    let version = |text: &str| {
        let version = text.parse::<OperatorVersion>().ok();
        version.filter(|version| version.major == 1)
    };
    let tag = text("image").and_then(image_tag).and_then(version);
    let value = variable.and_then(|entry| version(entry.get("value")?.as_str()?));
    match (tag, value) {
        (Some(version), _) => Some(Operator {
            version,
            source: Source::ImageTag,
        }),
        (None, Some(version)) => Some(Operator {
            version,
            source: Source::VersionVariable,
        }),
        (None, None) => None,
    }
}

/// `v1.42.3` of `quay.io:443/tigera/operator:v1.42.3@sha256:…`
fn image_tag(image: &str) -> Option<&str> {
    let name = image.split('@').next()?;
    let last = name.rsplit('/').next()?;
    last.split_once(':').map(|(_, tag)| tag)
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
