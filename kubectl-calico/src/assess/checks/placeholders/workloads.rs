//! Placeholders in the workloads of Calico's manifests.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::placeholder::{Placeholder, is_placeholder};
use crate::assess::check::Case;
use crate::phrases::pasted_names;
use crate::repair::Step;
use crate::snapshot::{ObjectRef, Provenance, Reading};
use crate::views::calico_node::CalicoNode;
use crate::views::daemon_set;

/// Images of Calico's workloads, and the address of the API server that the operator uses itself.
pub(super) fn placeholders(case: &Case) -> Vec<Placeholder> {
    let snapshot = case.snapshot;
    let sets = CalicoNode::all(snapshot).into_iter().filter_map(|node| {
        let pod = daemon_set::pod(node.set)?;
        Some((node.object(), &node.set.metadata, &pod.containers))
    });
    let deployments = [&snapshot.operators, &snapshot.deployments];
    let deployments = deployments.into_iter().flat_map(Reading::items);
    let deployments = deployments.filter_map(|it| {
        let pod = it.spec.as_ref()?.template.spec.as_ref()?;
        let object = ObjectRef::of_object("Deployment", &it.metadata);
        Some((object, &it.metadata, &pod.containers))
    });
    let mut found = Vec::new();
    // What the operator creates has the images of the Installation.
    let by_operator = |meta: &ObjectMeta| {
        let namespace = meta.namespace.as_deref().unwrap_or_default();
        namespace.starts_with("calico-")
    };
    let workloads = sets.chain(deployments);
    for (object, meta, containers) in workloads.filter(|(_, meta, _)| !by_operator(meta)) {
        let (namespace, workload) = pasted_names(meta);
        for (index, container) in containers.iter().enumerate() {
            let image = container.image.iter();
            let image = image.map(|image| ("image".to_owned(), image));
            let is_deployment = object.kind == "Deployment";
            let variables = container.env.iter().flatten().filter(|_| is_deployment);
            let variables =
                variables.filter_map(|it| Some((format!("env {}", it.name), it.value.as_ref()?)));
            for (field, value) in image.chain(variables) {
                let name = field.strip_prefix("env ").unwrap_or_default();
                if !is_placeholder(name, value) {
                    continue;
                }
                let kind = object.kind.to_lowercase();
                let field = match field.as_str() {
                    "image" => format!("spec.template.spec.containers[{index}].image"),
                    _ => field,
                };
                found.push(Placeholder {
                    from: Provenance::new(object.clone(), field),
                    value: value.clone(),
                    is_address: false,
                    step: Step::new("replace it with the value")
                        .run(format!("kubectl edit {kind}s -n {namespace} {workload}")),
                });
            }
        }
    }
    found
}
