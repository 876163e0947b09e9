//! Tools that keep objects as they were told: what they leave on an object, where a change has to be made so that it
//! lasts, and how to stop them until then.

use serde::Serialize;

use crate::views::marks::Marks;

/// A tool that reverts, now or with its next run, what others change in its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// Argo CD.
    ArgoCd,
    /// Flux, from a HelmRelease or a Kustomization.
    Flux,
    /// Google's Config Sync.
    ConfigSync,
    /// Rancher's Fleet.
    Fleet,
    /// kapp, or kapp-controller.
    Kapp,
    /// Sveltos.
    Sveltos,
    /// Gardener's resource manager.
    Gardener,
    /// The add-on manager of Kubernetes.
    AddonManager,
    /// k3s or RKE2, from a manifest on its servers.
    ServerManifest,
    /// k0s, from a manifest on its controllers.
    K0s,
    /// KubeOne, from an addon.
    KubeOne,
    /// Terraform or OpenTofu.
    Terraform,
    /// Pulumi.
    Pulumi,
}

/// How a change in several steps is protected from a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The tool is suspended like this: a clause in the imperative.
    Suspend(&'static str),
    /// It cannot be suspended here: each step has to be made where it has the object from.
    ThereOnly,
    /// It acts only when somebody runs it.
    NotNeeded,
}

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

impl Owner {
    /// The owner of an object with these marks, and the mark.
    pub fn of(marks: &Marks) -> Option<(Self, String)> {
        MARKS.iter().find_map(|(owner, own)| {
            let mark = own.iter().find_map(|mark| mark.on(marks))?;
            Some((*owner, mark))
        })
    }

    /// Its own spelling of its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArgoCd => "Argo CD",
            Self::Flux => "Flux",
            Self::ConfigSync => "Config Sync",
            Self::Fleet => "Fleet",
            Self::Kapp => "kapp",
            Self::Sveltos => "Sveltos",
            Self::Gardener => "Gardener",
            Self::AddonManager => "the add-on manager",
            Self::ServerManifest => "the deploy controller of k3s and RKE2",
            Self::K0s => "k0s",
            Self::KubeOne => "KubeOne",
            Self::Terraform => "Terraform",
            Self::Pulumi => "Pulumi",
        }
    }

    /// Where a change lasts.
    pub fn place(self) -> &'static str {
        match self {
            Self::ArgoCd | Self::Flux => "in Git",
            Self::ConfigSync => "in the source of Config Sync",
            Self::Fleet => "in the repository that Fleet deploys",
            Self::Kapp => "in the configuration that kapp deploys",
            Self::Sveltos => "in what the profile of Sveltos deploys, in its management cluster",
            Self::Gardener => "in the ManagedResource of Gardener",
            Self::AddonManager => {
                "in the manifest on the control-plane nodes (/etc/kubernetes/addons, unless the add-on manager is told \
                 otherwise)"
            }
            Self::ServerManifest => {
                "in the manifest on the servers (/var/lib/rancher/k3s/server/manifests or \
                 /var/lib/rancher/rke2/server/manifests)"
            }
            Self::K0s => "in the manifest on the controllers (/var/lib/k0s/manifests)",
            Self::KubeOne => "in the addon of KubeOne",
            Self::Terraform => "in the configuration of Terraform",
            Self::Pulumi => "in the program of Pulumi",
        }
    }

    /// What it does to a change that was made elsewhere.
    pub fn reverts(self) -> String {
        match self {
            Self::KubeOne => "the next kubeone apply reverts the change".to_owned(),
            Self::Terraform => "the next terraform apply may revert the change".to_owned(),
            Self::Pulumi => "the next pulumi up may revert the change".to_owned(),
            _ => format!("{} reverts the change", self.name()),
        }
    }

    /// Where else a change to the Installation must be made so that it lasts.
    pub fn also_change(self) -> String {
        if self.hold() == Hold::ThereOnly {
            return format!(
                "{} manages this Installation and reverts changes: make them {}",
                self.name(),
                self.place()
            );
        }
        let values = match self {
            Self::ArgoCd | Self::Flux | Self::Fleet => {
                " (`kubectl calico plan -o values` prints values for the chart)"
            }
            _ => "",
        };
        format!(
            "also change it {}{values}; otherwise {}",
            self.place(),
            self.reverts()
        )
    }

    /// How a change to the Installation in several steps is protected from it.
    /// Source: Argo CD documentation, Automated Sync Policy; Flux documentation, Kustomization and HelmRelease (drift
    /// detection); Config Sync documentation, Manage existing cluster objects; Fleet documentation, GitRepo; kapp-controller
    /// documentation, App CR; Sveltos documentation, SveltosCluster.
    pub fn hold(self) -> Hold {
        match self {
            Self::ArgoCd => Hold::Suspend(
                "turn off automated sync of the Application, and of what generates it,",
            ),
            Self::Flux => Hold::Suspend("suspend Flux"),
            Self::ConfigSync => Hold::Suspend(
                "annotate the Installation with configmanagement.gke.io/managed: disabled in the source of Config Sync, \
                 and wait until the annotation configmanagement.gke.io/managed is gone in the cluster,",
            ),
            Self::Fleet => Hold::Suspend(
                "pause the GitRepo (spec.paused: true) in the cluster in which Fleet is configured",
            ),
            Self::Kapp => Hold::Suspend(
                "pause the App or the PackageInstall of kapp-controller that deploys the Installation (spec.paused: \
                 true), if there is one, and do not run kapp",
            ),
            Self::Sveltos => Hold::Suspend(
                "pause the cluster in the management cluster of Sveltos (spec.paused: true of its SveltosCluster or \
                 Cluster)",
            ),
            Self::Gardener | Self::AddonManager => Hold::ThereOnly,
            Self::ServerManifest | Self::K0s | Self::KubeOne | Self::Terraform | Self::Pulumi => {
                Hold::NotNeeded
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::redact::{Redaction, RedactionKey};
    use crate::snapshot::Installation;
    use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS};
    use crate::snapshot::trim::keep::keeps;

    fn owner(object: &Value) -> Option<Owner> {
        let installation: Installation = serde_json::from_value(object.clone()).unwrap();
        Owner::of(&Marks::from(&installation.metadata)).map(|(owner, _)| owner)
    }

    fn label(key: &str, value: &str) -> Value {
        json!({"labels": {key: value}})
    }

    fn annotation(key: &str, value: &str) -> Value {
        json!({"annotations": {key: value}})
    }

    fn manager(name: &str) -> Value {
        json!({"managedFields": [{"manager": "before-first-apply"}, {"manager": name}]})
    }

    fn of_release(key: &str, value: &str) -> Value {
        json!({"annotations": {"meta.helm.sh/release-name": "calico", key: value}})
    }

    /// Both as the tool leaves it and once that is redacted.
    fn is_known(metadata: &Value, expected: Option<Owner>) {
        let object = json!({"apiVersion": "operator.tigera.io/v1", "kind": "Installation", "metadata": metadata});
        assert_eq!(owner(&object), expected, "{object}");
        let redaction = Redaction::of(&RedactionKey::random(), std::slice::from_ref(&object));
        let redacted = redaction.document(object);
        assert_eq!(owner(&redacted), expected, "{redacted}");
    }

    #[test]
    fn each_tool_is_known_by_what_it_leaves() {
        let id = "default-networking-calico-cattle-fleet-system";
        let gvk = "k3s.cattle.io/v1, Kind=Addon";
        let stored = json!({"annotations": {"argocd.argoproj.io/tracking-id": "a:b/c:d/e"}});
        for (metadata, expected) in [
            (
                annotation(
                    "argocd.argoproj.io/tracking-id",
                    "net:operator.tigera.io/Installation:a/default",
                ),
                Some(Owner::ArgoCd),
            ),
            (
                label("argocd.argoproj.io/instance", "net"),
                Some(Owner::ArgoCd),
            ),
            (
                annotation("projectcalico.org/metadata", &stored.to_string()),
                Some(Owner::ArgoCd),
            ),
            (
                label("helm.toolkit.fluxcd.io/name", "calico"),
                Some(Owner::Flux),
            ),
            (
                label("kustomize.toolkit.fluxcd.io/name", "infra"),
                Some(Owner::Flux),
            ),
            (
                annotation("configmanagement.gke.io/managed", "enabled"),
                Some(Owner::ConfigSync),
            ),
            (
                annotation("configmanagement.gke.io/managed", "disabled"),
                None,
            ),
            (
                of_release("objectset.rio.cattle.io/id", id),
                Some(Owner::Fleet),
            ),
            (annotation("objectset.rio.cattle.io/id", id), None),
            (
                label("kapp.k14s.io/app", "1610567506920108209"),
                Some(Owner::Kapp),
            ),
            (
                annotation("projectsveltos.io/owner-kind", "ClusterProfile"),
                Some(Owner::Sveltos),
            ),
            (
                label("projectsveltos.io/reference-kind", "ConfigMap"),
                Some(Owner::Sveltos),
            ),
            (
                annotation(
                    "resources.gardener.cloud/origin",
                    "shoot--a--b:kube-system/net",
                ),
                Some(Owner::Gardener),
            ),
            (
                label("resources.gardener.cloud/managed-by", "gardener"),
                Some(Owner::Gardener),
            ),
            (
                label("addonmanager.kubernetes.io/mode", "Reconcile"),
                Some(Owner::AddonManager),
            ),
            (
                label("addonmanager.kubernetes.io/mode", "EnsureExists"),
                None,
            ),
            (
                annotation("objectset.rio.cattle.io/owner-gvk", gvk),
                Some(Owner::ServerManifest),
            ),
            (label("k0s.k0sproject.io/stack", "net"), Some(Owner::K0s)),
            (label("kubeone.io/addon", ""), Some(Owner::KubeOne)),
        ] {
            is_known(&metadata, expected);
        }
    }

    #[test]
    fn some_are_known_by_their_field_manager_and_others_by_nothing() {
        for (metadata, expected) in [
            (manager("Terraform"), Some(Owner::Terraform)),
            (
                manager("terraform-provider-helm_v2.17.0_x5"),
                Some(Owner::Terraform),
            ),
            (manager("HashiCorp"), Some(Owner::Terraform)),
            (manager("pulumi-kubernetes-31df3088"), Some(Owner::Pulumi)),
            (
                label("app.kubernetes.io/managed-by", "pulumi"),
                Some(Owner::Pulumi),
            ),
            (of_release("helm.sh/chart", "tigera-operator"), None),
            (
                label("app.kubernetes.io/managed-by", "tigera-operator"),
                None,
            ),
            (manager("kubectl-client-side-apply"), None),
            (json!({}), None),
        ] {
            is_known(&metadata, expected);
        }
    }

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
