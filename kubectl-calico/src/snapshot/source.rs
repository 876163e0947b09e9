//! Where a snapshot comes from.

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::addition::EDITION;
use super::basis::{Basis, BasisKind};
use super::node::Node;
use super::outlines::Outlines;
use super::places::Places;
use super::pod_address::PodAddress;
use super::pod_messages::{MessageRequests, PodMessages};
use super::reading::{Reading, Unknown};
use super::resource::Resource;
use super::store::Store;

/// The cluster that a snapshot was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Origin {
    /// The API server's URL; `None` for files without a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The cluster's name: the kubeconfig's, or else its server's host or the name of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The kubeconfig's context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// `gitVersion` of the API server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<String>,
}

/// Reads the rows of [`RESOURCES`](super::resources::RESOURCES) of a cluster.
pub trait SnapshotSource {
    /// The cluster.
    fn origin(&self) -> impl Future<Output = Origin>;

    /// What is read: a cluster, unless files say something else.
    fn basis(&self) -> Basis {
        Basis::known(BasisKind::Cluster, "it was read from its API server")
    }

    /// Which fields are kept.
    fn edition(&self) -> u32 {
        EDITION
    }

    /// When it was read from the cluster, if that is known.
    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// Where the objects are, if they are from manifests.
    fn places(&self) -> Places {
        Places::default()
    }

    /// The fields of the Installations, if they are from manifests.
    fn outlines(&self) -> Outlines {
        Outlines::default()
    }

    /// The objects of a row, each reduced to a `T`. Of the row's APIs, those of `store` are read first.
    fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> impl Future<Output = Reading<Vec<T>>>;

    /// Those of these nodes that exist by now, if that can have changed since the nodes were read.
    fn late_nodes(&self, _names: &BTreeSet<String>) -> impl Future<Output = Reading<Vec<Node>>> {
        std::future::ready(Reading::Read(Vec::new()))
    }

    /// The addresses of IPAM whose pods do not have them; not given unless the source compares them.
    fn pod_addresses(&self, _store: Store) -> impl Future<Output = Reading<Vec<PodAddress>>> {
        std::future::ready(Reading::Unknown(Unknown::NotGiven))
    }

    /// What these pods say.
    fn messages(&self, requests: &MessageRequests) -> impl Future<Output = PodMessages>;
}
