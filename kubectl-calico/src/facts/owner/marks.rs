//! What a tool leaves on the objects that it manages.

use super::Owner;
use crate::views::marks::Marks;

/// What a tool leaves on every object that it manages.
enum Mark {
    Label(&'static str),
    LabelIs(&'static str, &'static str),
    Annotation(&'static str),
    AnnotationIs(&'static str, &'static str),
    /// On what it installs with Helm.
    AnnotationOfRelease(&'static str),
    Manager(fn(&str) -> bool),
}

/// The marks, of which each is enough. The first tool that left one is what acts on the others: Flux runs Helm, and
/// Argo CD renders what others installed before. Field managers come last, because they outlive a tool.
/// Source: argo-cd, docs/user-guide/resource_tracking.md; fluxcd/kustomize-controller and fluxcd/helm-controller (owner
/// labels); GoogleContainerTools/kpt-config-sync, pkg/metadata/annotations.go; rancher/fleet,
/// internal/helmdeployer/postrender.go; carvel-dev/kapp, docs on resource labels; projectsveltos/libsveltos,
/// lib/deployer/deployer.go; gardener/gardener, pkg/apis/resources/v1alpha1/types.go; kubernetes,
/// cluster/addons/addon-manager/README.md; k3s-io/k3s, pkg/deploy/controller.go (rancher/wrangler, pkg/apply); k0sproject/k0s,
/// pkg/applier/stack.go; kubermatic/kubeone, pkg/addons; hashicorp/terraform-provider-kubernetes, kubernetes/provider.go;
/// pulumi/pulumi-kubernetes, provider/pkg/provider/provider.go.
const MARKS: [(Owner, &[Mark]); 13] = [
    (
        Owner::Flux,
        &[
            Mark::Label("helm.toolkit.fluxcd.io/name"),
            Mark::Label("kustomize.toolkit.fluxcd.io/name"),
        ],
    ),
    (
        Owner::ArgoCd,
        &[
            Mark::Annotation("argocd.argoproj.io/tracking-id"),
            Mark::Label("argocd.argoproj.io/instance"),
        ],
    ),
    (
        Owner::ConfigSync,
        &[Mark::AnnotationIs(
            "configmanagement.gke.io/managed",
            "enabled",
        )],
    ),
    (
        Owner::Fleet,
        &[Mark::AnnotationOfRelease("objectset.rio.cattle.io/id")],
    ),
    (Owner::Kapp, &[Mark::Label("kapp.k14s.io/app")]),
    (
        Owner::Sveltos,
        &[
            Mark::Annotation("projectsveltos.io/owner-kind"),
            Mark::Label("projectsveltos.io/reference-kind"),
        ],
    ),
    (
        Owner::Gardener,
        &[
            Mark::Annotation("resources.gardener.cloud/origin"),
            Mark::Label("resources.gardener.cloud/managed-by"),
        ],
    ),
    // With EnsureExists, it only creates what is missing.
    (
        Owner::AddonManager,
        &[Mark::LabelIs(
            "addonmanager.kubernetes.io/mode",
            "Reconcile",
        )],
    ),
    (
        Owner::ServerManifest,
        &[Mark::AnnotationIs(
            "objectset.rio.cattle.io/owner-gvk",
            "k3s.cattle.io/v1, Kind=Addon",
        )],
    ),
    (Owner::K0s, &[Mark::Label("k0s.k0sproject.io/stack")]),
    (Owner::KubeOne, &[Mark::Label("kubeone.io/addon")]),
    (Owner::Terraform, &[Mark::Manager(is_terraform)]),
    (
        Owner::Pulumi,
        &[
            Mark::LabelIs("app.kubernetes.io/managed-by", "pulumi"),
            Mark::Manager(is_pulumi),
        ],
    ),
];

/// `Terraform`, the name of the provider's program, such as `terraform-provider-helm_v2.17.0_x5`, or that of an older
/// provider's client.
fn is_terraform(manager: &str) -> bool {
    manager == "HashiCorp" || manager.to_ascii_lowercase().starts_with("terraform")
}

/// `pulumi-kubernetes`, with a suffix of its own for each object.
fn is_pulumi(manager: &str) -> bool {
    manager.starts_with("pulumi-kubernetes")
}

impl Owner {
    /// The owner of an object with these marks, and the mark.
    pub fn of(marks: &Marks) -> Option<(Self, String)> {
        MARKS.iter().find_map(|(owner, own)| {
            let mark = own.iter().find_map(|mark| mark.on(marks))?;
            Some((*owner, mark))
        })
    }
}

impl Mark {
    /// The mark of an object in words, if it has it.
    fn on(&self, marks: &Marks) -> Option<String> {
        let label = |key: &str| format!("label {key}");
        let annotation = |key: &str| format!("annotation {key}");
        match self {
            Self::Label(key) => marks.label(key).map(|_| label(key)),
            Self::LabelIs(key, value) => (marks.label(key) == Some(value)).then(|| label(key)),
            Self::Annotation(key) => marks.annotation(key).map(|_| annotation(key)),
            Self::AnnotationIs(key, value) => {
                (marks.annotation(key) == Some(value)).then(|| annotation(key))
            }
            Self::AnnotationOfRelease(key) => {
                let is_set = marks.annotation(key).is_some_and(|id| !id.is_empty());
                (is_set && marks.release().is_some()).then(|| annotation(key))
            }
            Self::Manager(is_like) => marks
                .has_manager(*is_like)
                .then(|| "metadata.managedFields".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS};
    use crate::snapshot::trim::keep::keeps;

    #[test]
    fn what_tools_leave_is_kept() {
        for (owner, marks) in MARKS {
            for mark in marks {
                let path = match mark {
                    Mark::Label(key) | Mark::LabelIs(key, _) => ["labels", key],
                    Mark::Annotation(key)
                    | Mark::AnnotationIs(key, _)
                    | Mark::AnnotationOfRelease(key) => ["annotations", key],
                    Mark::Manager(_) => ["managedFields", "manager"],
                };
                let path = ["metadata", path[0], path[1]];
                for row in [&INSTALLATIONS, &IP_POOLS] {
                    assert!(keeps(row.fields, &path), "{owner:?}: {} {path:?}", row.kind);
                }
            }
        }
    }
}
