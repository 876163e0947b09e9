//! The addresses of IPAM whose pods do not have them.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::ClusterReader;
use crate::gather::pod_addresses::{Allocations, ListedPod, Suspects};
use crate::gather::{pages, pod_messages};
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{ALLOCATIONS, FAILED_PODS, POD_NAMES, SUCCEEDED_PODS};
use crate::snapshot::{PodAddress, PodName, Reading, SnapshotSource as _, Store, Unknown};

/// How many pods are read at the same time.
const PODS_AT_ONCE: usize = 16;

impl ClusterReader {
    /// Every object of a row, or why not: none if the kind is not served.
    async fn all<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Result<Vec<T>, Unknown> {
        match self.read(resource, store).await {
            Reading::Read(objects) => Ok(objects),
            Reading::Absent(_) => Ok(Vec::new()),
            Reading::Unknown(why) => Err(why),
        }
    }

    async fn allocations(&self, store: Store) -> Result<Vec<Allocations>, Unknown> {
        let read = self.all(&ALLOCATIONS, store).await;
        // The row that this is a part of is about pods, and so is the permission that it names.
        read.map_err(|why| Unknown::Failed(why.to_string()))
    }

    /// One pod as a whole; `None` if it is gone.
    async fn whole_pod(&self, pod: &PodName) -> Result<Option<ListedPod>, Unknown> {
        let path = format!(
            "/api/v1/namespaces/{}/pods",
            pod_messages::escaped(&pod.namespace)
        );
        let query = format!(
            "fieldSelector=metadata.name%3D{}",
            pod_messages::escaped(&pod.name)
        );
        let get = async |page: &str| self.get(page).await;
        let list = pages::list(get, &path, &query, &POD_NAMES, &self.budget);
        match self.budget.within_time(list).await {
            Ok(pods) => {
                let pods: Vec<ListedPod> = pods?;
                Ok(pods.into_iter().next())
            }
            Err(limit) => Err(Unknown::Failed(limit.to_string())),
        }
    }

    pub(super) async fn lost_addresses(&self, store: Store) -> Result<Vec<PodAddress>, Unknown> {
        let now = Timestamp::now();
        let blocks = self.allocations(store).await?;
        let all = self.all(&POD_NAMES, store).await?;
        let mut finished = self.all(&SUCCEEDED_PODS, store).await?;
        finished.extend(self.all(&FAILED_PODS, store).await?);
        let suspects = Suspects::of(blocks, all, finished);
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        let pods = stream::iter(suspects.pods()).map(async |pod| {
            let whole = self.whole_pod(&pod).await?;
            Ok::<_, Unknown>(whole.map(|whole| (pod, whole)))
        });
        let pods: Vec<_> = pods.buffer_unordered(PODS_AT_ONCE).try_collect().await?;
        let pods: BTreeMap<PodName, ListedPod> = pods.into_iter().flatten().collect();
        let again = self.allocations(store).await?;
        Ok(suspects.confirmed(&pods, &again, now))
    }
}
