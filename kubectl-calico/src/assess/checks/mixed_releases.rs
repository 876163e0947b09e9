//! Whether Calico's components are all from one release.

use calico_core::catalog::Entry;
use calico_core::image;
use k8s_openapi::api::core::v1::{Container, PodSpec};

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::bundle::Bundle;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, DEPLOYMENTS};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::object_of;
use crate::views::{daemon_set, pods};

pub(crate) const MIXED_RELEASES: Check = Check {
    entry: Entry {
        code: "CAL132",
        title: "components are from different releases",
        meaning: "The images of Calico's components in a manifest install have different versions.",
        impact: "Calico's components are tested only within one release. An older Typha or CNI plugin may not know \
                 resources and settings that calico-node uses, and policies may be incomplete.",
        criteria: "The tags of calico-node, install-cni, Typha, kube-controllers and Calico's API server are \
                   compared, where they are versions such as v3.28.2. A different minor version is a warning, \
                   a different patch release a note. Not checked during a rollout, for Calico Enterprise, on \
                   GKE, or where the operator sets the images.",
        fix: "Apply the whole manifest of one release, or change the tags.",
        source: "Calico documentation, Upgrade Calico on Kubernetes",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    // Pods of another version show that a rollout is not complete.
    excuses: &[&CALICO_PODS],
    judges: Judges::Following,
    find: |case| mixed_releases(case).into_iter().collect(),
};

/// The major, minor and patch version.
type Release = [u32; 3];

/// A component, where its image is written, and the image's version.
struct Component<'a> {
    name: &'a str,
    from: Provenance,
    tag: &'a str,
    release: Release,
}

fn mixed_releases(case: &Case) -> Option<Finding> {
    let node = CalicoNode::current(case.snapshot)?;
    let install = &case.facts.install;
    let is_by_other = install.is_run_by_operator()
        || install.enterprise.is_some()
        || install.bundled_with() == Some(Bundle::Gke);
    if is_by_other || is_rolling(case, &node) {
        return None;
    }
    let pod = daemon_set::pod(node.set)?;
    let agent = component(node.container()?, node.object())?;
    let init = init_container(pod, "install-cni");
    let init = init.and_then(|container| component(container, node.object()));
    let deployments = case.snapshot.deployments.items().iter();
    let deployments = deployments.filter_map(|deployment| {
        let pod = deployment.spec.as_ref()?.template.spec.as_ref()?;
        component(of_calico(&pod.containers)?, object_of(deployment))
    });
    let others: Vec<Component> = init
        .into_iter()
        .chain(deployments)
        .filter(|other| other.release != agent.release)
        .collect();
    let first = others.first()?;
    let minor = |release: &Release| -> Vec<u32> { release.iter().take(2).copied().collect() };
    let is_patch = others
        .iter()
        .all(|other| minor(&other.release) == minor(&agent.release));
    let severity = if is_patch {
        Severity::Note
    } else {
        Severity::Warning
    };
    let versions: Vec<String> = others
        .iter()
        .map(|other| format!("{} is {}", other.name, other.tag))
        .collect();
    let finding = Finding::new(
        &MIXED_RELEASES.entry,
        severity,
        &first.from.object,
        format!(
            "components are from different releases: {}, calico-node is {}",
            versions.join(", "),
            agent.tag
        ),
    );
    let finding = others.iter().fold(finding, |finding, other| {
        finding.read(&other.from, other.tag)
    });
    Some(
        finding
            .read(&agent.from, agent.tag)
            .impact("Calico's components are tested only within one release; an older one may lack what others use")
            .in_manifest("use images from one release in all manifests")
            .fix("apply the whole manifest of one release, or give all of these images the same tag"),
    )
}

/// Calico's container of a pod, to which others may have been added.
fn of_calico(containers: &[Container]) -> Option<&Container> {
    containers.iter().find(|it| is_of_calico(&it.name))
}

fn is_of_calico(container: &str) -> bool {
    container.starts_with("calico-")
}

fn init_container<'a>(pod: &'a PodSpec, name: &str) -> Option<&'a Container> {
    let mut containers = pod.init_containers.iter().flatten();
    containers.find(|container| container.name == name)
}

/// A component whose tag is a version. Builds of others have suffixes, or count on their own.
fn component(container: &Container, object: ObjectRef) -> Option<Component<'_>> {
    let tag = image::tag(container.image.as_deref()?)?;
    let numbers: Option<Vec<u32>> = tag
        .strip_prefix('v')?
        .split('.')
        .map(|part| part.parse().ok())
        .collect();
    Some(Component {
        name: &container.name,
        from: Provenance::new(object, format!("image of {}", container.name)),
        tag,
        release: numbers?.try_into().ok()?,
    })
}

/// Whether pods are being replaced: of calico-node, or of a Deployment whose template has another image.
fn is_rolling(case: &Case, node: &CalicoNode) -> bool {
    let status = daemon_set::counted(node.set);
    let is_behind = status.is_some_and(|status| {
        status.updated_number_scheduled.unwrap_or_default() < status.current_number_scheduled
    });
    let mut deployments = case.snapshot.deployments.items().iter();
    is_behind
        || deployments.any(|deployment| {
            let Some(spec) = deployment.spec.as_ref() else {
                return false;
            };
            let template = spec.template.spec.as_ref();
            let wanted = template.and_then(|pod| of_calico(&pod.containers)?.image.as_deref());
            let pods = pods::of(case.snapshot, &deployment.metadata, Some(&spec.selector));
            pods.iter()
                .filter_map(|pod| pod.spec.containers.iter().find(|it| is_of_calico(&it.name)))
                .any(|container| image::tag(&container.image) != wanted.and_then(image::tag))
        })
}
