//! The pods of kube-proxy.

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::DaemonSet;

use super::Snapshot;
use super::csi_pods::is_complete;
use super::pod::Pod;
use super::reading::{Reading, Unknown};
use super::resource::PAGE;
use super::resources::{KUBE_PROXY_COMPONENTS, KUBE_PROXY_CONTAINER, KUBE_PROXY_PODS};
use super::source::SnapshotSource;

impl Snapshot {
    /// Reads the pods of kube-proxy, unless the cluster has many nodes and all pods of its DaemonSet are ready, as its
    /// controller counts them.
    pub(super) async fn add_kube_proxy_pods(&mut self, source: &impl SnapshotSource) {
        if !self.is_kube_proxy_in_question() {
            return;
        }
        let (by_app, by_component) = tokio::join!(
            source.read::<Pod>(&KUBE_PROXY_PODS, self.store),
            source.read::<Pod>(&KUBE_PROXY_COMPONENTS, self.store),
        );
        let mut pods: Vec<Pod> = Vec::new();
        for reading in [by_app, by_component] {
            match reading {
                Reading::Read(more) => pods.extend(more),
                Reading::Absent(_) | Reading::Unknown(Unknown::NotGiven) => {}
                unread @ Reading::Unknown(_) => {
                    self.kube_proxy_pods = unread;
                    return;
                }
            }
        }
        // A pod may have both labels.
        let mut names = BTreeSet::new();
        pods.retain(|pod| names.insert(pod.metadata.name.clone()));
        self.kube_proxy_pods = Reading::Read(pods);
    }

    fn is_kube_proxy_in_question(&self) -> bool {
        let Reading::Read(sets) = &self.daemon_sets else {
            return false;
        };
        let sets: Vec<&DaemonSet> = sets.iter().filter(|set| runs_kube_proxy(set)).collect();
        let desired = |set: &DaemonSet| {
            let status = set.status.as_ref();
            let desired = status.map_or(0, |status| status.desired_number_scheduled);
            usize::try_from(desired).unwrap_or_default()
        };
        // Turned off, it wants none; and one page of pods is always read.
        let suffices = |set: &&DaemonSet| is_complete(set) && !(1..=PAGE).contains(&desired(set));
        sets.is_empty() || !sets.iter().all(suffices) || !self.is_counting()
    }

    /// Whether pods are counted: not where the cluster has a kube-controller-manager that was read, and none is ready.
    fn is_counting(&self) -> bool {
        let pods = self.control_plane_pods.items().iter();
        let managers = pods.chain(self.calico_pods.items()).filter(|pod| {
            let name = "kube-controller-manager";
            pod.metadata.label("component") == Some(name)
                || pod.metadata.label("k8s-app") == Some(name)
        });
        let mut managers = managers.peekable();
        managers.peek().is_none() || managers.any(Pod::is_ready)
    }
}

/// Whether the pods of a DaemonSet have kube-proxy's container.
pub fn runs_kube_proxy(set: &DaemonSet) -> bool {
    let spec = set.spec.as_ref();
    let pod = spec.and_then(|spec| spec.template.spec.as_ref());
    pod.is_some_and(|pod| {
        pod.containers
            .iter()
            .any(|it| it.name == KUBE_PROXY_CONTAINER)
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::snapshot::Snapshot;
    use crate::snapshot::fake_cluster::FakeCluster;
    use crate::snapshot::resource::Resource;
    use crate::snapshot::resources::{CONTROL_PLANE_PODS, KUBE_PROXY_COMPONENTS, KUBE_PROXY_PODS};

    /// The names of the pods in a cluster with that DaemonSet, if it has one, and a kube-controller-manager.
    async fn pods(status: Option<Value>, manager: &str) -> Vec<String> {
        let cluster = FakeCluster::new(|resource: &Resource, _| {
            let is = |row: &'static Resource| std::ptr::eq(resource, row);
            let objects = if resource.kind == "DaemonSet" {
                let sets = status.iter().map(|status| {
                    let containers = json!([{"name": "kube-proxy"}]);
                    let template = json!({"spec": {"containers": containers}});
                    json!({"metadata": {"name": "kube-proxy"}, "spec": {"selector": {}, "template": template},
                           "status": status})
                });
                sets.collect()
            } else if is(&KUBE_PROXY_PODS) {
                json!([{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}])
            } else if is(&KUBE_PROXY_COMPONENTS) {
                json!([{"metadata": {"name": "b"}}])
            } else if is(&CONTROL_PLANE_PODS) {
                json!([{"metadata": {"name": "m", "labels": {"component": "kube-controller-manager"}},
                        "status": {"conditions": [{"type": "Ready", "status": manager}]}}])
            } else {
                json!([])
            };
            (Duration::ZERO, objects)
        });
        let snapshot = Snapshot::gather(&cluster).await;
        let pods = snapshot.kube_proxy_pods.items().iter();
        pods.map(|pod| pod.metadata.name.clone()).collect()
    }

    fn counted(ready: u32, desired: u32) -> Value {
        json!({
            "currentNumberScheduled": desired, "desiredNumberScheduled": desired, "numberMisscheduled": 0,
            "numberReady": ready, "updatedNumberScheduled": desired,
        })
    }

    #[tokio::test]
    async fn the_pods_of_many_nodes_are_read_if_the_daemon_set_leaves_a_question() {
        let none = [""; 0];
        assert_eq!(pods(Some(counted(5000, 5000)), "True").await, none);
        for (status, manager) in [
            (Some(counted(4999, 5000)), "True"),
            (Some(counted(5000, 5000)), "False"),
            (Some(counted(3, 3)), "True"),
            (None, "True"),
        ] {
            assert_eq!(pods(status, manager).await, ["a", "b"]);
        }
    }
}
