//! The sources of the pod CIDR and of the Service CIDR.

use calico_core::cidr::{Cidr, CidrError};
use calico_core::pod_network::{Source, cidr_list, kubeadm_networking};
use serde_yaml::Value;

use super::networks::{ConfiguredNetwork, Networks, UnreadableSource};
use crate::snapshot::{Node, ObjectRef, Pod, Provenance, Snapshot};
use crate::views::calico_node::entry;
use crate::views::server_arguments::ServerArguments;

/// The networks of a snapshot, from every source.
pub fn networks(snapshot: &Snapshot) -> Networks {
    let mut reader = NetworkReader::default();
    reader.openshift(snapshot);
    reader.kubeadm(snapshot);
    reader.control_plane(snapshot);
    reader.kube_proxy(snapshot);
    reader.server_arguments(snapshot);
    reader.service_cidrs(snapshot);
    reader.node_pod_cidrs(snapshot.nodes.items());
    reader.networks
}

/// The short name of a source: of an object in a namespace, its name alone.
fn short(object: &ObjectRef) -> String {
    match object {
        ObjectRef {
            namespace: Some(_),
            name: Some(name),
            ..
        } => name.clone(),
        _ => object.to_string(),
    }
}

#[derive(Default)]
struct NetworkReader {
    networks: Networks,
}

impl NetworkReader {
    fn pods(&mut self, source: Source, from: Provenance, read: Result<Vec<Cidr>, CidrError>) {
        if let Some(cidrs) = self.clear(&from, read) {
            self.networks.pods.push(ConfiguredNetwork {
                cidrs,
                source: short(&from.object),
                from,
                rank: Some(source),
            });
        }
    }

    fn services(&mut self, from: Provenance, read: Result<Vec<Cidr>, CidrError>) {
        if let Some(cidrs) = self.clear(&from, read) {
            self.networks.services.push(ConfiguredNetwork {
                cidrs,
                source: short(&from.object),
                from,
                rank: None,
            });
        }
    }

    /// The CIDRs, if there are any and all can be parsed.
    fn clear(
        &mut self,
        from: &Provenance,
        read: Result<Vec<Cidr>, CidrError>,
    ) -> Option<Vec<Cidr>> {
        match read {
            Ok(cidrs) => (!cidrs.is_empty()).then_some(cidrs),
            Err(why) => {
                self.unreadable(from.clone(), why.to_string());
                None
            }
        }
    }

    fn unreadable(&mut self, from: Provenance, why: String) {
        self.networks
            .unreadable
            .push(UnreadableSource { from, why });
    }

    fn openshift(&mut self, snapshot: &Snapshot) {
        let Some(network) = snapshot.openshift_network.read() else {
            return;
        };
        let pods = network.spec.cluster_network.iter();
        let pods = pods.map(|entry| entry.cidr.parse()).collect();
        let object = ObjectRef::named("Network", "cluster");
        let from = Provenance::new(&object, "spec.clusterNetwork");
        self.pods(Source::OpenShift, from, pods);
        let services = network.spec.service_network.iter();
        let services = services.map(|cidr| cidr.parse()).collect();
        self.services(Provenance::new(object, "spec.serviceNetwork"), services);
    }

    fn kubeadm(&mut self, snapshot: &Snapshot) {
        let Some(config) = snapshot.kubeadm_config.read() else {
            return;
        };
        let from = |field| Provenance::new(ObjectRef::config_map("kubeadm-config"), field);
        let text = entry(config, "ClusterConfiguration").unwrap_or_default();
        match kubeadm_networking(text) {
            Ok(networking) => {
                let pods = networking.pod_subnet.as_deref().unwrap_or_default();
                let from_pods = from("networking.podSubnet");
                self.pods(Source::Kubeadm, from_pods, cidr_list(pods));
                let services = networking.service_subnet.as_deref().unwrap_or_default();
                self.services(from("networking.serviceSubnet"), cidr_list(services));
            }
            Err(why) => self.unreadable(
                from("data.ClusterConfiguration"),
                format!("not YAML: {why}"),
            ),
        }
    }

    /// The command line of the control plane if it runs in pods; Talos labels them differently.
    fn control_plane(&mut self, snapshot: &Snapshot) {
        let pods = snapshot.control_plane_pods.items().iter();
        let mut pods: Vec<&Pod> = pods.chain(snapshot.calico_pods.items()).collect();
        pods.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        let flag = |name: &'static str| {
            pods.iter()
                .find_map(|pod| Some((*pod, pod.flag(name)?)))
                .map(|(pod, value)| {
                    let object = ObjectRef::of("Pod", &pod.metadata);
                    (Provenance::new(object, name), cidr_list(value))
                })
        };
        if let Some((from, cidrs)) = flag("--cluster-cidr") {
            self.pods(Source::ControllerManager, from, cidrs);
        }
        if let Some((from, cidrs)) = flag("--service-cluster-ip-range") {
            self.services(from, cidrs);
        }
    }

    fn kube_proxy(&mut self, snapshot: &Snapshot) {
        let Some(config) = snapshot.kube_proxy.read() else {
            return;
        };
        let from = |field| Provenance::new(ObjectRef::config_map("kube-proxy"), field);
        let text = entry(config, "config.conf").unwrap_or_default();
        match serde_yaml::from_str::<Value>(text) {
            Ok(config) => {
                let cidrs = config.get("clusterCIDR").and_then(Value::as_str);
                let cidrs = cidr_list(cidrs.unwrap_or_default());
                self.pods(Source::KubeProxy, from("clusterCIDR"), cidrs);
            }
            Err(why) => self.unreadable(from("data.config.conf"), format!("not YAML: {why}")),
        }
    }

    /// Only servers of k3s and RKE2 have the flags. Their defaults are 10.42.0.0/16 and 10.43.0.0/16.
    fn server_arguments(&mut self, snapshot: &Snapshot) {
        let Some(server) = ServerArguments::all(snapshot).next() else {
            return;
        };
        for (flag, default, is_pods) in [
            ("--cluster-cidr", "10.42.0.0/16", true),
            ("--service-cidr", "10.43.0.0/16", false),
        ] {
            let (from, value) = match server.flag(flag) {
                Some(value) => (server.at(flag), value),
                None => (server.default_of(flag), default),
            };
            if is_pods {
                self.pods(Source::NodeArguments, from, cidr_list(value));
            } else {
                self.services(from, cidr_list(value));
            }
        }
    }

    fn service_cidrs(&mut self, snapshot: &Snapshot) {
        for cidr in snapshot.service_cidrs.items() {
            let name = cidr.metadata.name.as_deref().unwrap_or_default();
            let cidrs = cidr
                .spec
                .iter()
                .flat_map(|spec| spec.cidrs.iter().flatten());
            let cidrs = cidrs.map(|cidr| cidr.parse()).collect();
            let from = Provenance::new(ObjectRef::named("ServiceCIDR", name), "spec.cidrs");
            self.services(from, cidrs);
        }
    }

    fn node_pod_cidrs(&mut self, nodes: &[Node]) {
        let cidrs = nodes.iter().flat_map(|node| &node.spec.pod_cidrs);
        let cidrs: Vec<Cidr> = cidrs.filter_map(|cidr| cidr.parse().ok()).collect();
        let from = Provenance::new(ObjectRef::all("Node"), "spec.podCIDRs");
        self.pods(Source::NodePodCidrs, from, Ok(cidrs));
    }
}
