//! What was read from a cluster, without any evaluation: Kubernetes objects, each kind reduced to
//! the fields that are used, and for each kind whether it could be read.

pub mod addition;
mod basis;
mod bgp;
mod calico_node_status;
mod csi_pods;
mod datastore;
#[cfg(test)]
mod fake_cluster;
mod felix;
mod fields;
mod file_overlay;
mod gap;
mod ip_pool;
mod ipam;
mod ipam_attribute;
mod kube_proxy_pods;
mod labels;
mod late_nodes;
mod meta;
mod node;
mod object_ref;
mod openshift;
mod operator;
mod outlines;
mod places;
mod pod;
mod pod_address;
mod pod_messages;
mod pool_validation;
mod provenance;
mod reading;
pub mod resource;
pub mod resources;
pub mod select;
mod source;
mod store;
mod store_in_question;
pub mod trim;

pub use basis::{Basis, BasisKind};
pub use bgp::{BgpConfiguration, BgpPeer, BgpPeerSpec};
pub use calico_node_status::{BgpPeering, BirdRoute, CalicoNodeStatus};
pub use datastore::{ClusterInformation, DatastoreMigration};
pub use felix::{FelixConfiguration, FelixSpec};
pub use fields::{LAST_APPLIED, STORED_METADATA};
pub use file_overlay::{FileOverlay, RejectedChange};
pub use gap::Gap;
pub use ip_pool::{IpPool, IpPoolSpec};
pub use ipam::{IpReservation, IpamBlock, IpamConfig};
pub use ipam_attribute::Attribute;
pub use kube_proxy_pods::runs_kube_proxy;
pub use labels::Labels;
pub use meta::Meta;
pub use node::{Node, NodeCondition};
pub use object_ref::ObjectRef;
pub use openshift::OpenShiftNetwork;
pub use operator::{ApiServer, Condition, Installation, TigeraStatus};
pub use outlines::{Outlines, outline};
pub use places::{Location, Place, Places};
pub use pod::{ContainerStatus, Pod, StateReason, flag_in};
pub use pod_address::{KubeControllersConfiguration, PodAddress, PodAddressSpec, PodState};
pub use pod_messages::{Event, LINES, LogRequest, MessageRequests, PodLog, PodMessages, PodName};
pub use pool_validation::InvalidField;
pub use provenance::Provenance;
pub use reading::{Absence, Reading, Unknown, denied_user};
pub use source::{Origin, SnapshotSource};
pub use store::Store;
pub use trim::{Meter, Pruned, PrunedWithNull, Typed};

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use k8s_openapi::api::networking::v1::ServiceCIDR;
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use serde_json::Value;

use addition::additions_after;
use resource::Resource;
use store_in_question::StoreInQuestion;

/// Declares [`Snapshot`] and how it is read. The rows of `first` determine the store of the others; those
/// of `later` are read only if the others leave a question open, those of `requested` only if they are requested.
macro_rules! snapshot {
    (
        first { $($first:ident: $first_type:ty = $first_row:ident;)+ }
        many { $($many:ident: $many_type:ty = $many_row:ident;)+ }
        one { $($one:ident: $one_type:ty = $one_row:ident;)+ }
        later { $($later:ident: $later_type:ty = $later_row:ident;)+ }
        requested { $($requested:ident: $requested_type:ty = $requested_row:ident;)+ }
    ) => {
        /// What was read from a cluster: a field for each row of [`resources::RESOURCES`], but one for both
        /// that are about what pods say, one for Calico's pods and those of its CSI driver, and one for kube-proxy's.
        #[derive(Clone, Debug)]
        pub struct Snapshot {
            pub origin: Origin,
            pub basis: Basis,
            /// Which fields its source keeps.
            pub edition: u32,
            /// When it was read from the cluster; unknown for files without a header.
            pub time: Option<Timestamp>,
            pub store: Store,
            pub places: Places,
            pub outlines: Outlines,
            pub messages: PodMessages,
            $(pub $first: Reading<Vec<$first_type>>,)+
            $(pub $many: Reading<Vec<$many_type>>,)+
            $(pub $one: Reading<$one_type>,)+
            $(pub $later: Reading<Vec<$later_type>>,)+
            $(pub $requested: Reading<Vec<$requested_type>>,)+
        }

        impl Snapshot {
            /// Reads every row but what pods say and what is read only on request, all at once.
            pub async fn gather(source: &impl SnapshotSource) -> Self {
                let (announce, store) = StoreInQuestion::new();
                let first = async {
                    let ($($first,)+) =
                        tokio::join!($(source.read::<$first_type>(&resources::$first_row, Store::V1),)+);
                    let store = announce.announce(Store::of($(&$first),+));
                    ($($first,)+ store)
                };
                let (origin, ($($first,)+ store), $($many,)+ $($one,)+) = tokio::join!(
                    source.origin(),
                    first,
                    $(store.read(source, &resources::$many_row),)+
                    $(store.read(source, &resources::$one_row),)+
                );
                let mut snapshot = Self {
                    origin,
                    basis: source.basis(),
                    edition: source.edition(),
                    time: source.time(),
                    store,
                    places: source.places(),
                    outlines: source.outlines(),
                    messages: PodMessages::default(),
                    $($first,)+
                    $($many,)+
                    $($one: Reading::only($one),)+
                    $($later: Reading::Read(Vec::new()),)+
                    $($requested: Reading::Unknown(Unknown::NotGiven),)+
                };
                snapshot.add_late_nodes(source).await;
                snapshot.add_csi_pods(source).await;
                snapshot.add_kube_proxy_pods(source).await;
                snapshot
            }

            /// The rows that were not requested.
            pub fn not_requested(&self) -> Vec<&'static Resource> {
                let is_given = |unknown: Option<Unknown>| unknown != Some(Unknown::NotGiven);
                let rows = [
                    $((&resources::$requested_row, is_given(self.$requested.unknown())),)+
                ];
                rows.into_iter().filter(|(_, is_given)| !is_given).map(|(row, _)| row).collect()
            }

            /// The rows that could not be read, and why; and those of which its source lacks a field.
            pub fn unknown(&self) -> Vec<(&'static Resource, Unknown)> {
                let rows = [
                    $((&resources::$first_row, self.$first.unknown()),)+
                    $((&resources::$many_row, self.$many.unknown()),)+
                    $((&resources::$one_row, self.$one.unknown()),)+
                    $((&resources::$later_row, self.$later.unknown()),)+
                    $((&resources::$requested_row, self.$requested.failure()),)+
                ];
                let unread = rows.into_iter().filter_map(|(row, why)| Some((row, why?)));
                let lacking = additions_after(self.edition);
                unread.chain(lacking.map(|it| (it.resource, it.unknown()))).collect()
            }

            /// The rows whose kind the server does not serve.
            pub fn not_served(&self) -> Vec<&'static Resource> {
                let rows = [
                    $((&resources::$first_row, self.$first.is_not_served()),)+
                    $((&resources::$many_row, self.$many.is_not_served()),)+
                    $((&resources::$one_row, self.$one.is_not_served()),)+
                    $((&resources::$requested_row, self.$requested.is_not_served()),)+
                ];
                rows.into_iter().filter(|(_, is)| *is).map(|(row, _)| row).collect()
            }

            /// Every object as a manifest, reduced to the fields that are used.
            pub fn objects(&self) -> Result<Vec<Value>, serde_json::Error> {
                let mut objects = Vec::new();
                $(objects.extend(resources::$first_row.manifests(self.store, self.$first.items())?);)+
                $(objects.extend(resources::$many_row.manifests(self.store, self.$many.items())?);)+
                $(objects.extend(resources::$one_row.manifests(self.store, self.$one.read())?);)+
                $(objects.extend(resources::$later_row.manifests(self.store, self.$later.items())?);)+
                $(objects.extend(resources::$requested_row.manifests(self.store, self.$requested.items())?);)+
                let PodMessages { events, logs } = &self.messages;
                objects.extend(resources::EVENTS.manifests(self.store, events.items())?);
                objects.extend(resources::POD_LOGS.manifests(self.store, logs)?);
                Ok(objects)
            }
        }
    };
}

snapshot! {
    first {
        daemon_sets: DaemonSet = DAEMON_SETS;
        datastore_migrations: DatastoreMigration = DATASTORE_MIGRATIONS;
    }
    many {
        nodes: Node = NODES;
        calico_pods: Pod = CALICO_PODS;
        control_plane_pods: Pod = CONTROL_PLANE_PODS;
        pending_pods: Pod = PENDING_PODS;
        operators: Deployment = OPERATORS;
        deployments: Deployment = DEPLOYMENTS;
        aws_typhas: Deployment = AWS_TYPHAS;
        service_cidrs: ServiceCIDR = SERVICE_CIDRS;
        installations: Installation = INSTALLATIONS;
        tigera_statuses: TigeraStatus = TIGERA_STATUSES;
        api_servers: ApiServer = API_SERVERS;
        ip_pools: IpPool = IP_POOLS;
        felix_configurations: FelixConfiguration = FELIX_CONFIGURATIONS;
        bgp_configurations: BgpConfiguration = BGP_CONFIGURATIONS;
        bgp_peers: BgpPeer = BGP_PEERS;
        calico_node_statuses: CalicoNodeStatus = CALICO_NODE_STATUSES;
        cluster_informations: ClusterInformation = CLUSTER_INFORMATIONS;
        ipam_blocks: IpamBlock = IPAM_BLOCKS;
        ipam_configs: IpamConfig = IPAM_CONFIGS;
        ip_reservations: IpReservation = IP_RESERVATIONS;
    }
    one {
        calico_system: Namespace = CALICO_SYSTEM;
        kubeadm_config: ConfigMap = KUBEADM_CONFIG;
        kube_proxy: ConfigMap = KUBE_PROXY;
        calico_config: ConfigMap = CALICO_CONFIG;
        canal_config: ConfigMap = CANAL_CONFIG;
        rke2_canal_config: ConfigMap = RKE2_CANAL_CONFIG;
        cilium_config: ConfigMap = CILIUM_CONFIG;
        active_operator: ConfigMap = ACTIVE_OPERATOR;
        services_endpoint: ConfigMap = SERVICES_ENDPOINT;
        manifest_services_endpoint: ConfigMap = MANIFEST_SERVICES_ENDPOINT;
        openshift_network: OpenShiftNetwork = OPENSHIFT_NETWORK;
        api_service: APIService = API_SERVICE;
    }
    later {
        kube_proxy_pods: Pod = KUBE_PROXY_PODS;
    }
    requested {
        pod_addresses: PodAddress = POD_ADDRESSES;
        kube_controllers_configurations: KubeControllersConfiguration = KUBE_CONTROLLERS_CONFIGURATIONS;
    }
}

impl Snapshot {
    /// Compares the addresses of pods in IPAM with all pods, or reads the result of such a comparison.
    pub async fn gather_pod_addresses(&mut self, source: &impl SnapshotSource) {
        self.pod_addresses = source.pod_addresses(self.store).await;
        let is_requested = self.pod_addresses.unknown() != Some(Unknown::NotGiven);
        if is_requested {
            let row = &resources::KUBE_CONTROLLERS_CONFIGURATIONS;
            self.kube_controllers_configurations = source.read(row, self.store).await;
        }
    }
}
