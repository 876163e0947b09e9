//! The pods of Calico's CSI driver.

use k8s_openapi::api::apps::v1::DaemonSet;

use super::Snapshot;
use super::pod::Pod;
use super::reading::{Reading, Unknown};
use super::resources::{CSI_DRIVER, CSI_PODS};
use super::source::SnapshotSource;

impl Snapshot {
    /// Adds the pods of the CSI driver to Calico's, unless its DaemonSet is complete: in a cluster of thousands of
    /// nodes they are half of Calico's pods.
    pub(super) async fn add_csi_pods(&mut self, source: &impl SnapshotSource) {
        let Reading::Read(pods) = &mut self.calico_pods else {
            return;
        };
        let is_complete = match &self.daemon_sets {
            Reading::Read(sets) => sets
                .iter()
                .find(|set| set.metadata.name.as_deref() == Some(CSI_DRIVER))
                // Only the operator installs it.
                .map_or(self.installations.items().is_empty(), is_complete),
            Reading::Absent(_) | Reading::Unknown(_) => false,
        };
        if is_complete {
            return;
        }
        match source.read::<Pod>(&CSI_PODS, self.store).await {
            Reading::Read(more) => pods.extend(more),
            Reading::Absent(_) | Reading::Unknown(Unknown::NotGiven) => {}
            unread @ Reading::Unknown(_) => self.calico_pods = unread,
        }
    }
}

/// Whether every pod that is wanted is up to date and ready.
pub(super) fn is_complete(set: &DaemonSet) -> bool {
    set.status.as_ref().is_some_and(|status| {
        let wanted = status.desired_number_scheduled;
        status.number_ready >= wanted
            && status.updated_number_scheduled.unwrap_or_default() >= wanted
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::snapshot::Snapshot;
    use crate::snapshot::fake_cluster::FakeCluster;
    use crate::snapshot::resource::Resource;
    use crate::snapshot::resources::CSI_PODS;

    /// The names of the pods in a cluster of three nodes, on which the driver has this many ready pods.
    async fn pods(ready: u32) -> Vec<String> {
        let cluster = FakeCluster::new(|resource: &Resource, _| {
            let objects = match resource.kind {
                "DaemonSet" => json!([{
                    "metadata": {"name": "csi-node-driver"}, "spec": {"selector": {}, "template": {}},
                    "status": {"currentNumberScheduled": 3, "desiredNumberScheduled": 3, "numberMisscheduled": 0,
                               "numberReady": ready, "updatedNumberScheduled": 3},
                }]),
                "Pod" if std::ptr::eq(resource, &raw const CSI_PODS) => {
                    json!([{"metadata": {"name": "csi-node-driver-1"}}])
                }
                _ => json!([]),
            };
            (Duration::ZERO, objects)
        });
        let snapshot = Snapshot::gather(&cluster).await;
        let pods = snapshot.calico_pods.items().iter();
        pods.map(|pod| pod.metadata.name.clone()).collect()
    }

    #[tokio::test]
    async fn the_pods_of_the_csi_driver_are_read_if_one_is_not_ready() {
        assert_eq!(pods(2).await, ["csi-node-driver-1"]);
        assert_eq!(pods(3).await, [""; 0]);
    }
}
