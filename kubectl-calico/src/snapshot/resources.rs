//! Everything that is read from a cluster: one table, from which the requests, the ClusterRole of
//! `kubectl calico rbac` and the messages about missing permissions are generated.

use calico_core::operator::DEPLOYMENT;

use super::fields::{calico, ipam, kubernetes, operator, pod_messages, workloads};
use super::resource::{Api, Resource};
use super::select::Select;
pub use super::store::{V1, V3};

/// `k8s-app` of the operator.
pub const OPERATOR_APP: &str = "tigera-operator";

/// `k8s-app` of Calico's workloads, in installs of every kind; of a kube-controller-manager whose pods
/// have no `component` (Talos); and of CoreDNS, whose address shows which plugin connected it.
const CALICO_APPS: &[&str] = &[
    "calico-apiserver",
    "calico-kube-controllers",
    "calico-node",
    "calico-node-windows",
    "calico-typha",
    "calico-webhooks",
    "canal",
    "goldmane",
    "kube-controller-manager",
    "kube-dns",
    OPERATOR_APP,
    "whisker",
];

/// `k8s-app` of Calico's CSI driver, and the name of its DaemonSet.
/// Source: tigera/operator v1.42.3, pkg/render/csi.go.
pub const CSI_DRIVER: &str = "csi-node-driver";

/// The value of the labels `k8s-app` or `component` of kube-proxy's pods, and the name of their container.
pub const KUBE_PROXY_CONTAINER: &str = "kube-proxy";

/// `k8s-app` of the Deployments among them, without the operator.
const CALICO_DEPLOYMENTS: &[&str] = &[
    "calico-apiserver",
    "calico-kube-controllers",
    "calico-typha",
    "calico-webhooks",
    "goldmane",
    "whisker",
];

/// `component` of the control plane's pods that are configured with the cluster's CIDRs.
const CONTROL_PLANE: &[&str] = &["kube-apiserver", "kube-controller-manager"];

const fn api(group: &'static str, version: &'static str, plural: &'static str) -> Api {
    Api {
        group,
        version,
        plural,
        kind: None,
        namespaced: false,
    }
}

const fn namespaced(group: &'static str, version: &'static str, plural: &'static str) -> Api {
    Api {
        namespaced: true,
        ..api(group, version, plural)
    }
}

/// A kind of Calico's, in both of its API groups.
const fn calico(plural: &'static str) -> [Api; 2] {
    [api(V1, "v1", plural), api(V3, "v3", plural)]
}

/// Rows: name, kind, APIs, which objects, what is kept of each, and what they are read for, which is also
/// the row's doc.
macro_rules! rows {
    ($($(#[$more:meta])* $name:ident: $kind:literal, $apis:expr, $select:expr, $fields:expr, $why:literal;)+) => {$(
        #[doc = $why]
        $(#[$more])*
        pub static $name: Resource = Resource {
            kind: $kind,
            apis: &$apis,
            select: $select,
            fields: $fields,
            why: $why,
        };
    )+};
}

rows! {
    NODES: "Node", [api("", "v1", "nodes")], Select::All, kubernetes::NODE,
        "number of nodes, cloud, pod CIDRs, Calico's annotations";
    CALICO_PODS: "Pod", [namespaced("", "v1", "pods")], Select::Labelled("k8s-app", CALICO_APPS), workloads::POD,
        "whether Calico's pods run, and why not; addresses of CoreDNS";
    ///
    /// One on each node, and nothing in them is needed while all are ready.
    CSI_PODS: "Pod", [namespaced("", "v1", "pods")], Select::Labelled("k8s-app", &[CSI_DRIVER]), workloads::POD,
        "why Calico's CSI driver is not ready on every node";
    ///
    /// One on each node, too: kubeadm, EKS, Talos and k0s run them as a DaemonSet, kOps as static pods. They are read if
    /// the DaemonSet is not enough ([`super::kube_proxy_pods`]).
    KUBE_PROXY_PODS: "Pod", [namespaced("", "v1", "pods")],
        Select::LabelledIn("kube-system", "k8s-app", &[KUBE_PROXY_CONTAINER]), workloads::POD,
        "whether kube-proxy runs on every node";
    ///
    /// With the other label: AKS as a DaemonSet; GKE and RKE2 as static pods.
    KUBE_PROXY_COMPONENTS: "Pod", [namespaced("", "v1", "pods")],
        Select::LabelledIn("kube-system", "component", &[KUBE_PROXY_CONTAINER]), workloads::POD,
        "the same where kube-proxy is labeled as a component";
    CONTROL_PLANE_PODS: "Pod", [namespaced("", "v1", "pods")],
        Select::LabelledIn("kube-system", "component", CONTROL_PLANE), workloads::POD,
        "pod and Service CIDRs on the control plane's command line";
    PENDING_PODS: "Pod", [namespaced("", "v1", "pods")], Select::PhaseIn("kube-system", "Pending"), workloads::POD,
        "CoreDNS and other pods that are waiting for the network";
    DAEMON_SETS: "DaemonSet", [namespaced("apps", "v1", "daemonsets")], Select::All, workloads::DAEMON_SET,
        "calico-node, canal, and other network plugins";
    ///
    /// A row of its own, since it has a namespace of its own: files with Calico's other Deployments may not
    /// hold it. OLM creates it without the label of the manifests.
    /// Source: redhat-openshift-ecosystem/certified-operators, operators/tigera-operator/1.36.5.
    OPERATORS: "Deployment", [namespaced("apps", "v1", "deployments")],
        Select::Called(DEPLOYMENT), workloads::DEPLOYMENT,
        "the Tigera operator";
    DEPLOYMENTS: "Deployment", [namespaced("apps", "v1", "deployments")],
        Select::Labelled("k8s-app", CALICO_DEPLOYMENTS), workloads::DEPLOYMENT,
        "Typha, calico-kube-controllers and other components";
    ///
    /// Its labels are not Calico's. Source: aws/eks-charts, stable/aws-calico/templates/deployment.yaml.
    AWS_TYPHAS: "Deployment", [namespaced("apps", "v1", "deployments")],
        Select::Called("aws-calico-typha"), workloads::DEPLOYMENT,
        "Typha of the chart aws-calico";
    CALICO_SYSTEM: "Namespace", [api("", "v1", "namespaces")], Select::Named("", "calico-system"), kubernetes::NAMESPACE_OBJECT,
        "whether its deletion is stuck";
    KUBEADM_CONFIG: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "kubeadm-config"), kubernetes::KUBEADM_CONFIG,
        "pod and Service CIDRs that kubeadm was configured with";
    KUBE_PROXY: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "kube-proxy"), kubernetes::KUBE_PROXY,
        "pod CIDR that kube-proxy was configured with";
    CALICO_CONFIG: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "calico-config"), kubernetes::CALICO_CONFIG,
        "backend, MTU and Typha of an install from manifests";
    CANAL_CONFIG: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "canal-config"), kubernetes::CALICO_CONFIG,
        "the same for Canal, and flannel's network";
    ///
    /// RKE2 names its objects after its chart.
    RKE2_CANAL_CONFIG: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "rke2-canal-config"), kubernetes::CALICO_CONFIG,
        "the same for RKE2's Canal";
    CILIUM_CONFIG: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "cilium-config"), kubernetes::CILIUM_CONFIG,
        "whether Cilium is chained to Calico";
    ACTIVE_OPERATOR: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("calico-system", "active-operator"), kubernetes::ACTIVE_OPERATOR,
        "which of several operators is active";
    SERVICES_ENDPOINT: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("tigera-operator", "kubernetes-services-endpoint"), kubernetes::SERVICES_ENDPOINT,
        "address of the API server that needs no Services";
    ///
    /// calico-node of a manifest install reads it itself.
    MANIFEST_SERVICES_ENDPOINT: "ConfigMap", [namespaced("", "v1", "configmaps")],
        Select::Named("kube-system", "kubernetes-services-endpoint"), kubernetes::SERVICES_ENDPOINT,
        "the same for an install from manifests";
    SERVICE_CIDRS: "ServiceCIDR", [api("networking.k8s.io", "v1", "servicecidrs")], Select::All, kubernetes::SERVICE_CIDR,
        "ranges that pools must not overlap";
    OPENSHIFT_NETWORK: "Network", [api("config.openshift.io", "v1", "networks")],
        Select::Named("", "cluster"), kubernetes::OPENSHIFT_NETWORK,
        "pod network of OpenShift";
    API_SERVICE: "APIService", [api("apiregistration.k8s.io", "v1", "apiservices")],
        Select::Named("", "v3.projectcalico.org"), kubernetes::API_SERVICE,
        "whether Calico's API server is available";
    INSTALLATIONS: "Installation", [api("operator.tigera.io", "v1", "installations")], Select::All, operator::INSTALLATION,
        "the requested configuration of Calico";
    TIGERA_STATUSES: "TigeraStatus", [api("operator.tigera.io", "v1", "tigerastatuses")],
        Select::All, operator::TIGERA_STATUS,
        "the operator's status of each component";
    API_SERVERS: "APIServer", [api("operator.tigera.io", "v1", "apiservers")], Select::All, operator::API_SERVER,
        "whether Calico's API server is requested";
    DATASTORE_MIGRATIONS: "DatastoreMigration",
        [
            api("migration.projectcalico.org", "v1", "datastoremigrations"),
            api("migration.projectcalico.org", "v1beta1", "datastoremigrations"),
        ],
        Select::All, operator::DATASTORE_MIGRATION,
        "which of Calico's API groups is the datastore";
    IP_POOLS: "IPPool", calico("ippools"), Select::All, calico::IP_POOL,
        "the existing pools";
    FELIX_CONFIGURATIONS: "FelixConfiguration", calico("felixconfigurations"), Select::All, calico::FELIX_CONFIGURATION,
        "data plane, encryption, which component programs routes";
    BGP_CONFIGURATIONS: "BGPConfiguration", calico("bgpconfigurations"), Select::All, calico::BGP_CONFIGURATION,
        "whether the node-to-node mesh is enabled";
    BGP_PEERS: "BGPPeer", calico("bgppeers"), Select::All, calico::BGP_PEER,
        "other BGP peers";
    CALICO_NODE_STATUSES: "CalicoNodeStatus", calico("caliconodestatuses"), Select::All, calico::CALICO_NODE_STATUS,
        "BGP sessions of the nodes that report them";
    CLUSTER_INFORMATIONS: "ClusterInformation", calico("clusterinformations"), Select::All, calico::CLUSTER_INFORMATION,
        "Calico's version";
    IPAM_BLOCKS: "IPAMBlock", calico("ipamblocks"), Select::All, ipam::IPAM_BLOCK,
        "how much of each pool is used, and by which nodes";
    IPAM_CONFIGS: "IPAMConfig", [
            api(V1, "v1", "ipamconfigs"),
            Api { kind: Some("IPAMConfiguration"), ..api(V3, "v3", "ipamconfigurations") },
        ],
        Select::All, ipam::IPAM_CONFIG,
        "strict affinity, and how many blocks nodes claim";
    IP_RESERVATIONS: "IPReservation", calico("ipreservations"), Select::All, ipam::IP_RESERVATION,
        "addresses that are not assigned";
}

rows! {
    EVENTS: "Event", [namespaced("", "v1", "events")], Select::OfFailingPods("list"), pod_messages::EVENT,
        "why the probes of Calico's pods fail, and why pods get no network";
    ///
    /// Kubernetes has no such kind: a log is a text.
    POD_LOGS: "PodLog", [namespaced("", "v1", "pods/log")], Select::OfFailingPods("get"), pod_messages::POD_LOG,
        "why containers of Calico fail";
}

rows! {
    ///
    /// Kubernetes has no such kind: these are the addresses whose pods do not have them.
    POD_ADDRESSES: "PodAddress", [namespaced("", "v1", "pods")], Select::OnRequest, ipam::POD_ADDRESS,
        "addresses whose pods are gone, with --pods";
    KUBE_CONTROLLERS_CONFIGURATIONS: "KubeControllersConfiguration", calico("kubecontrollersconfigurations"),
        Select::OnRequest, calico::KUBE_CONTROLLERS_CONFIGURATION,
        "when kube-controllers releases such addresses";
}

// What POD_ADDRESSES are derived from.
rows! {
    ALLOCATIONS: "IPAMBlock", calico("ipamblocks"), Select::All, ipam::ALLOCATIONS,
        "which pod each address is assigned to";
    POD_NAMES: "Pod", [namespaced("", "v1", "pods")], Select::Metadata(""), workloads::POD_NAME,
        "which pods exist";
    ///
    /// A pod without an address in its status counts as in use.
    SUCCEEDED_PODS: "Pod", [namespaced("", "v1", "pods")],
        Select::Metadata("status.phase=Succeeded,status.podIP!="), workloads::POD_NAME,
        "which pods have finished";
    FAILED_PODS: "Pod", [namespaced("", "v1", "pods")],
        Select::Metadata("status.phase=Failed,status.podIP!="), workloads::POD_NAME,
        "which pods have failed";
}

/// The ConfigMaps of Calico's manifests.
pub const CALICO_CONFIGS: &[&Resource] = &[&CALICO_CONFIG, &CANAL_CONFIG, &RKE2_CANAL_CONFIG];

/// The ConfigMaps with the address of the API server that needs no Services.
pub const SERVICES_ENDPOINTS: &[&Resource] = &[&SERVICES_ENDPOINT, &MANIFEST_SERVICES_ENDPOINT];

/// Every row that is a part of a snapshot.
pub static RESOURCES: &[&Resource] = &[
    &NODES,
    &CALICO_PODS,
    &CSI_PODS,
    &KUBE_PROXY_PODS,
    &KUBE_PROXY_COMPONENTS,
    &CONTROL_PLANE_PODS,
    &PENDING_PODS,
    &DAEMON_SETS,
    &OPERATORS,
    &DEPLOYMENTS,
    &AWS_TYPHAS,
    &CALICO_SYSTEM,
    &KUBEADM_CONFIG,
    &KUBE_PROXY,
    &CALICO_CONFIG,
    &CANAL_CONFIG,
    &RKE2_CANAL_CONFIG,
    &CILIUM_CONFIG,
    &ACTIVE_OPERATOR,
    &SERVICES_ENDPOINT,
    &MANIFEST_SERVICES_ENDPOINT,
    &SERVICE_CIDRS,
    &OPENSHIFT_NETWORK,
    &API_SERVICE,
    &INSTALLATIONS,
    &TIGERA_STATUSES,
    &API_SERVERS,
    &DATASTORE_MIGRATIONS,
    &IP_POOLS,
    &FELIX_CONFIGURATIONS,
    &BGP_CONFIGURATIONS,
    &BGP_PEERS,
    &CALICO_NODE_STATUSES,
    &CLUSTER_INFORMATIONS,
    &IPAM_BLOCKS,
    &IPAM_CONFIGS,
    &IP_RESERVATIONS,
    &EVENTS,
    &POD_LOGS,
    &POD_ADDRESSES,
    &KUBE_CONTROLLERS_CONFIGURATIONS,
];
