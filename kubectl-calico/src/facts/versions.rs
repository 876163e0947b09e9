//! The versions of Calico and of the operator.

use calico_core::operator::{self, ContainerView, VERSION_VARIABLE, VersionSource};
use k8s_openapi::api::core::v1::Container;

use crate::facts::fact::Fact;
use crate::snapshot::{ObjectRef, Provenance, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{default_installation, object_of, operator_deployment};

const MISSING: &str = "version unknown";

/// Calico's version. The operator reports it once all components are available. Before that, and
/// without the operator, the image of calico-node has it, and the datastore if calico-node has started.
/// With Calico Enterprise, only the datastore has it: that of the Calico that it is built from.
pub fn calico_version(
    snapshot: &Snapshot,
    node: Option<CalicoNode>,
    is_enterprise: bool,
) -> Fact<String> {
    let by_information = || {
        Fact::of(&snapshot.cluster_informations, MISSING, |found| {
            let default = found
                .iter()
                .find(|found| found.metadata.name == "default")?;
            let from = Provenance::new(
                ObjectRef::named("ClusterInformation", "default"),
                "spec.calicoVersion",
            );
            Some((default.spec.calico_version.clone()?, from))
        })
    };
    if is_enterprise {
        return by_information();
    }
    product_version(snapshot, node).or(by_information)
}

/// The version of Calico Enterprise, which counts its releases on its own; `None` if Calico itself is
/// installed.
/// Source: tigera/operator v1.42.3, api/v1/installation_types.go (`ProductVariant`) and
/// pkg/components/enterprise.go.
pub fn enterprise_version(snapshot: &Snapshot, node: Option<CalicoNode>) -> Option<Fact<String>> {
    let variant = default_installation(snapshot).and_then(|it| it.spec.get("variant")?.as_str());
    let by_variant = matches!(variant, Some("TigeraSecureEnterprise" | "CalicoEnterprise"));
    let image = node.and_then(|node| node.container()?.image.as_deref());
    let by_image = image.is_some_and(|image| image.contains("/cnx-node"));
    (by_variant || by_image).then(|| product_version(snapshot, node))
}

/// The version of what is installed, Calico or Calico Enterprise, by the operator or by an image.
fn product_version(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<String> {
    let by_status = Fact::of(&snapshot.installations, MISSING, |_| {
        let installation = default_installation(snapshot)?;
        let from = Provenance::new(ObjectRef::installation(), "status.calicoVersion");
        Some((installation.status.calico_version.clone()?, from))
    });
    by_status.or(
        || match node.and_then(|node| Some((node, node.image_tag()?))) {
            Some((node, tag)) => Fact::known(tag.to_owned(), node.at("image")),
            None => Fact::of(&snapshot.daemon_sets, MISSING, |_| None),
        },
    )
}

/// The operator's version, by its Deployment.
pub fn operator_version(snapshot: &Snapshot) -> Fact<String> {
    let missing = if operator_deployment(snapshot).is_some() {
        "the operator's Deployment contains no operator version"
    } else {
        "operator not found"
    };
    Fact::of(&snapshot.operators, missing, |_| {
        let deployment = operator_deployment(snapshot)?;
        let pod = deployment.spec.as_ref()?.template.spec.as_ref()?;
        let reported = operator::version_of(pod.containers.iter().map(container_view))?;
        let field = match reported.source {
            VersionSource::ImageTag => "image".to_owned(),
            VersionSource::Variable => format!("env {VERSION_VARIABLE}"),
        };
        let from = Provenance::new(object_of(deployment), field);
        Some((reported.text.to_owned(), from))
    })
}

fn container_view(container: &Container) -> ContainerView<'_> {
    let variable = container
        .env
        .iter()
        .flatten()
        .find(|variable| variable.name == VERSION_VARIABLE);
    ContainerView {
        name: Some(&container.name),
        image: container.image.as_deref(),
        version_variable: variable.map(|variable| variable.value.as_deref().unwrap_or_default()),
    }
}
