//! What a snapshot describes: a cluster, or manifests that have yet to be applied.

use serde::Serialize;

use super::resource::Resource;
use super::resources::{
    API_SERVERS, BGP_CONFIGURATIONS, BGP_PEERS, CALICO_CONFIGS, DAEMON_SETS, DATASTORE_MIGRATIONS,
    DEPLOYMENTS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS, IP_RESERVATIONS, IPAM_BLOCKS,
    IPAM_CONFIGS, OPERATORS, SERVICES_ENDPOINTS,
};

/// What a snapshot describes, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Basis {
    /// What is judged.
    pub kind: BasisKind,
    /// How that is known.
    pub why: String,
    /// Whether the objects of files show it, so that it can be wrong.
    pub detected: bool,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum BasisKind {
    /// A cluster: what exists and runs in it.
    Cluster,
    /// A proposal: manifests that have yet to be applied.
    Proposal,
}

/// What manifests define. What they do not contain is not requested; anything else, such as nodes or the
/// status of a component, is just not known.
static DEFINED: [&[&Resource]; 3] = [
    CALICO_CONFIGS,
    SERVICES_ENDPOINTS,
    &[
        &DAEMON_SETS,
        &OPERATORS,
        &DEPLOYMENTS,
        &INSTALLATIONS,
        &API_SERVERS,
        &DATASTORE_MIGRATIONS,
        &IP_POOLS,
        &FELIX_CONFIGURATIONS,
        &BGP_CONFIGURATIONS,
        &BGP_PEERS,
        &IPAM_BLOCKS,
        &IPAM_CONFIGS,
        &IP_RESERVATIONS,
    ],
];

impl Basis {
    /// What is known for sure.
    pub fn known(kind: BasisKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            why: why.into(),
            detected: false,
        }
    }

    /// What the objects of files show.
    pub fn detected(kind: BasisKind, why: impl Into<String>) -> Self {
        Self {
            detected: true,
            ..Self::known(kind, why)
        }
    }

    /// A cluster, regardless of how that is known.
    pub fn cluster() -> Self {
        Self::known(BasisKind::Cluster, "")
    }

    /// Whether it is a proposal.
    pub fn is_proposal(&self) -> bool {
        self.kind == BasisKind::Proposal
    }

    /// Whether there are no objects of a row if there is none in the snapshot's source.
    pub fn defines(&self, resource: &Resource) -> bool {
        let mut defined = DEFINED.iter().copied().flatten();
        self.is_proposal() && defined.any(|row| std::ptr::eq(*row, resource))
    }
}
