//! The pod CIDR and the Service CIDR that Kubernetes was configured with.

use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::{PodNetwork, Source, hold};
use serde::Serialize;

use crate::snapshot::Provenance;

/// The networks that Kubernetes was configured with.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Networks {
    /// The pod CIDR from each source that has it, the most reliable source first.
    pub pods: Vec<ConfiguredNetwork>,
    /// The Service CIDR from each source that has it.
    pub services: Vec<ConfiguredNetwork>,
    /// The sources that exist, but cannot be parsed.
    pub unreadable: Vec<UnreadableSource>,
}

/// A network as one source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ConfiguredNetwork {
    /// The CIDRs, in the order of the source.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<Cidr>,
    /// The source's short name, such as `kubeadm-config`.
    pub source: String,
    /// Where the network was read.
    pub from: Provenance,
    /// The kind of source; only those of the pod CIDR have one.
    #[serde(skip)]
    pub rank: Option<Source>,
}

/// A source that exists, but cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnreadableSource {
    /// What could not be parsed.
    pub from: Provenance,
    /// Why it could not be parsed.
    pub why: String,
}

impl Networks {
    /// The pod CIDR of the most reliable source. The podCIDRs of nodes are only a lower bound, and are
    /// left out.
    pub fn pod_network(&self) -> Option<PodNetwork> {
        let best = self.best()?;
        Some(PodNetwork {
            source: best.rank?,
            cidrs: best.cidrs.clone(),
        })
    }

    /// The same, with where it was read.
    pub fn best(&self) -> Option<&ConfiguredNetwork> {
        self.pods.iter().find(|network| !network.is_lower_bound())
    }

    /// kube-proxy's clusterCIDR, if it contains a pool and podSubnet of kubeadm-config does not: the latter was not
    /// changed with the others.
    pub fn newer_than_kubeadm(&self, pool: &Cidr) -> Option<&ConfiguredNetwork> {
        let best = self.best()?;
        let mut others = self.pods.iter();
        let proxy = others.find(|network| network.rank == Some(Source::KubeProxy))?;
        let is_stale = best.rank == Some(Source::Kubeadm) && !hold(&best.cidrs, pool);
        (is_stale && hold(&proxy.cidrs, pool)).then_some(proxy)
    }
}

impl ConfiguredNetwork {
    /// Whether the network may be larger, because it was read from the podCIDRs of nodes.
    pub fn is_lower_bound(&self) -> bool {
        self.rank == Some(Source::NodePodCidrs)
    }

    /// The CIDRs, comma-separated.
    pub fn list(&self) -> String {
        list(&self.cidrs)
    }

    /// The CIDRs of an address family.
    pub fn of_family(&self, family: Family) -> impl Iterator<Item = &Cidr> {
        self.cidrs
            .iter()
            .filter(move |cidr| cidr.family() == family)
    }

    /// Whether the operator rejects pools outside it.
    pub fn is_enforced(&self) -> bool {
        self.rank.is_some_and(Source::is_enforced)
    }
}

/// CIDRs, comma-separated.
pub fn list(cidrs: &[Cidr]) -> String {
    let cidrs: Vec<String> = cidrs.iter().map(Cidr::to_string).collect();
    cidrs.join(", ")
}
