//! The operator's Deployment, and the version that it reports.
//!
//! Source: manifests/tigera-operator.yaml and charts/tigera-operator of projectcalico/calico, 3.26
//! to 3.32.

use super::OperatorVersion;
use crate::image;

/// The name of the operator's Deployment, and of the operator's container in it.
pub const DEPLOYMENT: &str = "tigera-operator";

/// The environment variable of that container that holds the operator's version.
pub const VERSION_VARIABLE: &str = "TIGERA_OPERATOR_INIT_IMAGE_VERSION";

/// A container of the operator's Deployment, however its manifest was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ContainerView<'a> {
    /// `name`
    pub name: Option<&'a str>,
    /// `image`
    pub image: Option<&'a str>,
    /// The value of [`VERSION_VARIABLE`]: empty if the variable has no value, `None` if the
    /// container does not have the variable.
    pub version_variable: Option<&'a str>,
}

/// The version that an operator's Deployment reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportedVersion<'a> {
    /// The version.
    pub version: OperatorVersion,
    /// The tag or value that it was read from, such as `v1.42.3-amd64`.
    pub text: &'a str,
    /// Where that text was found.
    pub source: VersionSource,
}

/// Where an operator's Deployment reports its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionSource {
    /// The tag of the container's image.
    ImageTag,
    /// [`VERSION_VARIABLE`]
    Variable,
}

/// The version that the operator's container reports, wherever it stands among the containers: its
/// image tag, or else its version variable.
///
/// The image of a sidecar has a version too, so a container counts only if it has the operator's
/// name or variable. Every operator is 1.x: any other tag is Calico's version, or a registry's own.
pub fn version_of<'a>(
    containers: impl IntoIterator<Item = ContainerView<'a>>,
) -> Option<ReportedVersion<'a>> {
    containers
        .into_iter()
        .filter(|container| {
            container.name == Some(DEPLOYMENT) || container.version_variable.is_some()
        })
        .find_map(|container| {
            let tag = container.image.and_then(image::tag);
            read(tag, VersionSource::ImageTag)
                .or_else(|| read(container.version_variable, VersionSource::Variable))
        })
}

fn read(text: Option<&str>, source: VersionSource) -> Option<ReportedVersion<'_>> {
    let text = text?;
    let version: OperatorVersion = text.parse().ok()?;
    (version.major == 1).then_some(ReportedVersion {
        version,
        text,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator<'a>(image: &'a str, variable: &'a str) -> ContainerView<'a> {
        ContainerView {
            name: Some(DEPLOYMENT),
            image: Some(image),
            version_variable: Some(variable),
        }
    }

    fn reported(containers: &[ContainerView]) -> Option<(String, VersionSource)> {
        version_of(containers.iter().copied())
            .map(|reported| (reported.version.to_string(), reported.source))
    }

    #[test]
    fn an_image_tag_counts_only_if_it_is_an_operator_version() {
        for (image, variable, version) in [
            (
                "quay.io/tigera/operator:v1.40.15",
                "v1.38.1",
                Some(("1.40.15", VersionSource::ImageTag)),
            ),
            (
                "r:5000/o:v1.40.2@sha256:aa",
                "",
                Some(("1.40.2", VersionSource::ImageTag)),
            ),
            (
                "r:5000/operator",
                "v1.38.1",
                Some(("1.38.1", VersionSource::Variable)),
            ),
            (
                "r/operator:latest",
                "v1.38.1",
                Some(("1.38.1", VersionSource::Variable)),
            ),
            (
                "r/operator:v3.27.5",
                "v1.32.5",
                Some(("1.32.5", VersionSource::Variable)),
            ),
            (
                "r/operator:2024.1.2",
                "v1.38.1",
                Some(("1.38.1", VersionSource::Variable)),
            ),
            ("r/operator:latest", "x", None),
            ("r/operator:v3.27.5", "", None),
        ] {
            let version = version.map(|(version, source)| (version.to_owned(), source));
            assert_eq!(
                reported(&[operator(image, variable)]),
                version,
                "{image} {variable}"
            );
        }
    }

    #[test]
    fn the_containers_of_others_do_not_count() {
        let sidecar = ContainerView {
            name: Some("istio-proxy"),
            image: Some("istio/proxyv2:1.22.0"),
            version_variable: None,
        };
        let own = operator("quay.io/tigera/operator:v1.42.3", "v1.42.3");
        let version = Some(("1.42.3".to_owned(), VersionSource::ImageTag));
        assert_eq!(reported(&[sidecar, own]), version);
        assert_eq!(reported(&[own, sidecar]), version);
        assert_eq!(reported(&[sidecar]), None);
        let renamed = ContainerView {
            name: Some("manager"),
            ..own
        };
        assert_eq!(reported(&[sidecar, renamed]), version);
    }
}
