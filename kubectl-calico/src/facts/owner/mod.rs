//! Tools that keep objects as they were told.

mod lasting;
mod marks;
#[cfg(test)]
mod tests;

pub use lasting::Hold;

use serde::Serialize;

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

impl Owner {
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
}
