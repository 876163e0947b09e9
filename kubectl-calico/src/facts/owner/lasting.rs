//! Where a change has to be made so that the tool that owns the object keeps it, and how to stop the tool until then.

use super::Owner;

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

impl Owner {
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
                "turn off automated sync of the Application and of whatever generates it",
            ),
            Self::Flux => Hold::Suspend("suspend Flux"),
            Self::ConfigSync => Hold::Suspend(
                "annotate the Installation with configmanagement.gke.io/managed: disabled in the source of Config Sync, \
                 and wait until the annotation configmanagement.gke.io/managed is gone in the cluster",
            ),
            Self::Fleet => Hold::Suspend(
                "pause the GitRepo (spec.paused: true) in the management cluster of Fleet",
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
