//! The versions of Calico and of the operator.

use calico_core::operator::{self, ContainerView, VERSION_VARIABLE, VersionSource};
use k8s_openapi::api::core::v1::Container;

use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::objects::{default_installation, object_of, operator_deployment};
use crate::snapshot::{ObjectRef, Snapshot};

/// Calico's version. The operator reports it once all components are available. Before that, and
/// without the operator, the image of calico-node has it, and the datastore if calico-node has started.
pub fn calico_version(snapshot: &Snapshot, node: Option<CalicoNode>) -> Fact<String> {
    let missing = "version unknown";
    let by_status = Fact::of(&snapshot.installations, missing, |_| {
        let installation = default_installation(snapshot)?;
        let from = Provenance::new(ObjectRef::installation(), "status.calicoVersion");
        Some((installation.status.calico_version.clone()?, from))
    });
    let by_image = || match node.and_then(|node| Some((node, node.image_tag()?))) {
        Some((node, tag)) => Fact::known(tag.to_owned(), node.at("image")),
        None => Fact::of(&snapshot.daemon_sets, missing, |_| None),
    };
    let by_information = || {
        Fact::of(&snapshot.cluster_informations, missing, |found| {
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
    by_status.or(by_image).or(by_information)
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
