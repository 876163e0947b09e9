//! What is read of a cluster, and nothing else is: one table, from which the requests, the
//! ClusterRole of `kubectl calico rbac` and the words for a missing permission are made.

use super::resource::{Api, Resource, Select};

/// The group whose CRDs are the store up to 3.32, unless the cluster was moved to the other.
pub const V1: &str = "crd.projectcalico.org";

/// The group that Calico's aggregated API serves and that, from 3.32 on, can be the store.
pub const V3: &str = "projectcalico.org";

/// `k8s-app` of the operator.
const OPERATOR_APP: &str = "tigera-operator";

/// `k8s-app` of the workloads that run Calico, in installs of every kind, and of the pods of a
/// kube-controller-manager that has no `component` (Talos).
const CALICO_APPS: &[&str] = &[
    "calico-apiserver",
    "calico-kube-controllers",
    "calico-node",
    "calico-node-windows",
    "calico-typha",
    "calico-webhooks",
    "canal",
    "csi-node-driver",
    "goldmane",
    "kube-controller-manager",
    OPERATOR_APP,
    "whisker",
];

/// `k8s-app` of the Deployments among them but the operator.
const CALICO_DEPLOYMENTS: &[&str] = &[
    "calico-apiserver",
    "calico-kube-controllers",
    "calico-typha",
    "calico-webhooks",
    "goldmane",
    "whisker",
];

/// `component` of the control plane's pods that know the cluster's CIDRs.
const CONTROL_PLANE: &[&str] = &["kube-apiserver", "kube-controller-manager"];

const fn api(group: &'static str, version: &'static str, plural: &'static str) -> Api {
    Api {
        group,
        version,
        plural,
    }
}

/// The API of a kind of Calico's in both of its groups.
const fn calico(plural: &'static str) -> [Api; 2] {
    [api(V1, "v1", plural), api(V3, "v3", plural)]
}

/// Rows: name, kind, APIs, which objects of them, and why they are read, which is a row's doc, too.
macro_rules! rows {
    ($($(#[$more:meta])* $name:ident: $kind:literal, $apis:expr, $select:expr, $why:literal;)+) => {$(
        #[doc = $why]
        $(#[$more])*
        pub static $name: Resource = Resource {
            kind: $kind,
            apis: &$apis,
            select: $select,
            why: $why,
        };
    )+};
}

rows! {
    NODES: "Node", [api("", "v1", "nodes")], Select::All,
        "how many there are, which cloud, pod CIDRs, Calico's annotations";
    CALICO_PODS: "Pod", [api("", "v1", "pods")], Select::Labelled("k8s-app", CALICO_APPS),
        "whether Calico's pods run, and what stops them";
    CONTROL_PLANE_PODS: "Pod", [api("", "v1", "pods")],
        Select::LabelledIn("kube-system", "component", CONTROL_PLANE),
        "the pod and service CIDRs on the control plane's command line";
    PENDING_PODS: "Pod", [api("", "v1", "pods")], Select::PhaseIn("kube-system", "Pending"),
        "CoreDNS and others that wait for the network";
    DAEMON_SETS: "DaemonSet", [api("apps", "v1", "daemonsets")], Select::All,
        "calico-node, canal, and other network plugins beside them";
    ///
    /// Its namespace is its own: files that hold what else runs Calico need not hold it.
    OPERATORS: "Deployment", [api("apps", "v1", "deployments")],
        Select::Labelled("k8s-app", &[OPERATOR_APP]),
        "the operator";
    DEPLOYMENTS: "Deployment", [api("apps", "v1", "deployments")],
        Select::Labelled("k8s-app", CALICO_DEPLOYMENTS),
        "Typha, kube-controllers";
    CALICO_SYSTEM: "Namespace", [api("", "v1", "namespaces")], Select::Named("", "calico-system"),
        "whether its deletion is stuck";
    KUBEADM_CONFIG: "ConfigMap", [api("", "v1", "configmaps")],
        Select::Named("kube-system", "kubeadm-config"),
        "the pod and service CIDRs that kubeadm was given";
    KUBE_PROXY: "ConfigMap", [api("", "v1", "configmaps")],
        Select::Named("kube-system", "kube-proxy"),
        "the pod CIDR that kube-proxy takes for the cluster's own";
    CALICO_CONFIG: "ConfigMap", [api("", "v1", "configmaps")],
        Select::Named("kube-system", "calico-config"),
        "backend, MTU and Typha of an install from manifests";
    CANAL_CONFIG: "ConfigMap", [api("", "v1", "configmaps")],
        Select::Named("kube-system", "canal-config"),
        "the same of Canal, and flannel's network";
    ///
    /// Its objects have the name of its chart.
    RKE2_CANAL_CONFIG: "ConfigMap", [api("", "v1", "configmaps")],
        Select::Named("kube-system", "rke2-canal-config"),
        "the same of RKE2's Canal";
    SERVICE_CIDRS: "ServiceCIDR", [api("networking.k8s.io", "v1", "servicecidrs")], Select::All,
        "what pools must not overlap";
    OPENSHIFT_NETWORK: "Network", [api("config.openshift.io", "v1", "networks")],
        Select::Named("", "cluster"),
        "the pod network of OpenShift";
    API_SERVICE: "APIService", [api("apiregistration.k8s.io", "v1", "apiservices")],
        Select::Named("", "v3.projectcalico.org"),
        "whether Calico's API server answers";
    INSTALLATIONS: "Installation", [api("operator.tigera.io", "v1", "installations")], Select::All,
        "what the operator was asked for";
    TIGERA_STATUSES: "TigeraStatus", [api("operator.tigera.io", "v1", "tigerastatuses")],
        Select::All,
        "what the operator says of each component";
    API_SERVERS: "APIServer", [api("operator.tigera.io", "v1", "apiservers")], Select::All,
        "whether Calico's API server is asked for";
    DATASTORE_MIGRATIONS: "DatastoreMigration",
        [
            api("migration.projectcalico.org", "v1", "datastoremigrations"),
            api("migration.projectcalico.org", "v1beta1", "datastoremigrations"),
        ],
        Select::All,
        "which of Calico's API groups is the store";
    IP_POOLS: "IPPool", calico("ippools"), Select::All,
        "the live pools";
    FELIX_CONFIGURATIONS: "FelixConfiguration", calico("felixconfigurations"), Select::All,
        "dataplane, encryption, who programs routes";
    BGP_CONFIGURATIONS: "BGPConfiguration", calico("bgpconfigurations"), Select::All,
        "whether nodes peer with each other";
    BGP_PEERS: "BGPPeer", calico("bgppeers"), Select::All,
        "who else they peer with";
    CLUSTER_INFORMATIONS: "ClusterInformation", calico("clusterinformations"), Select::All,
        "Calico's version";
    IPAM_BLOCKS: "IPAMBlock", calico("ipamblocks"), Select::All,
        "how much of each pool is used, and by which node";
    IPAM_CONFIGS: "IPAMConfig", [api(V1, "v1", "ipamconfigs"), api(V3, "v3", "ipamconfigurations")],
        Select::All,
        "whether nodes may borrow addresses";
}

/// Every row.
pub static RESOURCES: &[&Resource] = &[
    &NODES,
    &CALICO_PODS,
    &CONTROL_PLANE_PODS,
    &PENDING_PODS,
    &DAEMON_SETS,
    &OPERATORS,
    &DEPLOYMENTS,
    &CALICO_SYSTEM,
    &KUBEADM_CONFIG,
    &KUBE_PROXY,
    &CALICO_CONFIG,
    &CANAL_CONFIG,
    &RKE2_CANAL_CONFIG,
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
    &CLUSTER_INFORMATIONS,
    &IPAM_BLOCKS,
    &IPAM_CONFIGS,
];
