//! What was gathered of a cluster, without any judgement: Kubernetes objects, each kind reduced to
//! the fields that something here reads, and for each kind whether it could be read at all.

mod calico;
mod meta;
mod node;
mod operator;
mod pod;
mod reading;
pub mod resource;
pub mod resources;

pub use calico::{
    BgpConfiguration, BgpPeer, ClusterInformation, DatastoreMigration, FelixConfiguration,
    FelixSpec, IpPool, IpPoolSpec, IpamBlock, IpamConfig,
};
pub use meta::Meta;
pub use node::{Node, NodeCondition};
pub use operator::{ApiServer, Condition, Installation, OpenShiftNetwork, TigeraStatus};
pub use pod::{ContainerStatus, Pod, flag_in};
pub use reading::{Absence, Reading, Unknown};

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use k8s_openapi::api::networking::v1::ServiceCIDR;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use resource::Resource;

/// Where a snapshot comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Origin {
    /// The API server's address; `None` for files that do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The kubeconfig's context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// `gitVersion` of the API server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<String>,
}

/// From which API group Calico's own resources are read first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// crd.projectcalico.org/v1, the store of every release up to 3.32 by default.
    #[default]
    V1,
    /// projectcalico.org/v3, where the cluster was set up with or moved to it.
    V3,
}

/// Reads the rows of [`resources::RESOURCES`] from wherever it is that they come from.
pub trait Source {
    /// Where that is.
    fn origin(&self) -> impl Future<Output = Origin>;

    /// The objects of a row, each reduced to a `T`. Of the row's APIs, those of `store` come first.
    fn read<T: serde::de::DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> impl Future<Output = Reading<Vec<T>>>;
}

/// Declares [`Snapshot`] and reads it. `first` are the rows that tell which store the others are in.
macro_rules! snapshot {
    (
        first { $($first:ident: $first_type:ty = $first_row:ident;)+ }
        many { $($many:ident: $many_type:ty = $many_row:ident;)+ }
        one { $($one:ident: $one_type:ty = $one_row:ident;)+ }
    ) => {
        /// A cluster, as far as it was read: a field for each row of [`resources::RESOURCES`].
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the row of the same name has them")]
        pub struct Snapshot {
            pub origin: Origin,
            pub store: Store,
            $(pub $first: Reading<Vec<$first_type>>,)+
            $(pub $many: Reading<Vec<$many_type>>,)+
            $(pub $one: Reading<$one_type>,)+
        }

        impl Snapshot {
            /// Reads every row, all at once but for those that tell where the others are.
            pub async fn gather(source: &impl Source) -> Self {
                let origin = source.origin();
                let ($($first,)+ origin) = tokio::join!(
                    $(source.read::<$first_type>(&resources::$first_row, Store::V1),)+
                    origin,
                );
                let store = Store::of($(&$first),+);
                let ($($many,)+ $($one,)+) = tokio::join!(
                    $(source.read(&resources::$many_row, store),)+
                    $(source.read(&resources::$one_row, store),)+
                );
                Self {
                    origin,
                    store,
                    $($first,)+
                    $($many,)+
                    $($one: Reading::only($one),)+
                }
            }

            /// What could not be read, or was not given, row by row.
            pub fn unknown(&self) -> Vec<(&'static Resource, Unknown)> {
                let rows = [
                    $((&resources::$first_row, self.$first.unknown()),)+
                    $((&resources::$many_row, self.$many.unknown()),)+
                    $((&resources::$one_row, self.$one.unknown()),)+
                ];
                let unknown = rows.into_iter().filter_map(|(row, why)| Some((row, why?)));
                unknown.collect()
            }

            /// The rows whose kind the server does not serve.
            pub fn not_served(&self) -> Vec<&'static Resource> {
                let rows = [
                    $((&resources::$first_row, self.$first.is_not_served()),)+
                    $((&resources::$many_row, self.$many.is_not_served()),)+
                    $((&resources::$one_row, self.$one.is_not_served()),)+
                ];
                rows.into_iter().filter(|(_, is)| *is).map(|(row, _)| row).collect()
            }

            /// Every object, as Kubernetes has it but for what is not kept.
            pub fn objects(&self) -> Result<Vec<Value>, serde_json::Error> {
                let mut objects = Vec::new();
                $(objects.extend(resources::$first_row.objects(self.store, self.$first.items())?);)+
                $(objects.extend(resources::$many_row.objects(self.store, self.$many.items())?);)+
                $(objects.extend(resources::$one_row.objects(self.store, self.$one.read())?);)+
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
        service_cidrs: ServiceCIDR = SERVICE_CIDRS;
        installations: Installation = INSTALLATIONS;
        tigera_statuses: TigeraStatus = TIGERA_STATUSES;
        api_servers: ApiServer = API_SERVERS;
        ip_pools: IpPool = IP_POOLS;
        felix_configurations: FelixConfiguration = FELIX_CONFIGURATIONS;
        bgp_configurations: BgpConfiguration = BGP_CONFIGURATIONS;
        bgp_peers: BgpPeer = BGP_PEERS;
        cluster_informations: ClusterInformation = CLUSTER_INFORMATIONS;
        ipam_blocks: IpamBlock = IPAM_BLOCKS;
        ipam_configs: IpamConfig = IPAM_CONFIGS;
    }
    one {
        calico_system: Namespace = CALICO_SYSTEM;
        kubeadm_config: ConfigMap = KUBEADM_CONFIG;
        kube_proxy: ConfigMap = KUBE_PROXY;
        calico_config: ConfigMap = CALICO_CONFIG;
        canal_config: ConfigMap = CANAL_CONFIG;
        rke2_canal_config: ConfigMap = RKE2_CANAL_CONFIG;
        openshift_network: OpenShiftNetwork = OPENSHIFT_NETWORK;
        api_service: APIService = API_SERVICE;
    }
}

impl Store {
    /// Whether that API group is the store.
    pub fn is_in(self, group: &str) -> bool {
        match self {
            Self::V1 => group != resources::V3,
            Self::V3 => group == resources::V3,
        }
    }

    /// The v3 group where a finished migration or calico-node's own environment says so.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/apiconfig (`CALICO_API_GROUP`).
    fn of(
        daemon_sets: &Reading<Vec<DaemonSet>>,
        migrations: &Reading<Vec<DatastoreMigration>>,
    ) -> Self {
        let migrated = migrations.items().iter().any(|migration| {
            let phase = migration.status.phase.as_deref();
            matches!(phase, Some("Converged" | "Complete"))
        });
        let told = daemon_sets.items().iter().any(|set| {
            set.spec.iter().any(|spec| {
                let pod = spec.template.spec.iter();
                let mut env = pod
                    .flat_map(|pod| &pod.containers)
                    .flat_map(|container| container.env.iter().flatten());
                env.any(|env| {
                    env.name == "CALICO_API_GROUP"
                        && env.value.as_deref() == Some("projectcalico.org/v3")
                })
            })
        });
        if migrated || told { Self::V3 } else { Self::V1 }
    }
}
