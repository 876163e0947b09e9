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

/// How many there are, which cloud, pod CIDRs, Calico's annotations.
pub static NODES: Resource = Resource {
    kind: "Node",
    apis: &[api("", "v1", "nodes")],
    select: Select::All,
    why: "how many there are, which cloud, pod CIDRs, Calico's annotations",
};

/// Whether Calico's pods run, and what stops them.
pub static CALICO_PODS: Resource = Resource {
    kind: "Pod",
    apis: &[api("", "v1", "pods")],
    select: Select::Labelled("k8s-app", CALICO_APPS),
    why: "whether Calico's pods run, and what stops them",
};

/// The pod and service CIDRs on the control plane's command line.
pub static CONTROL_PLANE_PODS: Resource = Resource {
    kind: "Pod",
    apis: &[api("", "v1", "pods")],
    select: Select::LabelledIn("kube-system", "component", CONTROL_PLANE),
    why: "the pod and service CIDRs on the control plane's command line",
};

/// CoreDNS and others that wait for the network.
pub static PENDING_PODS: Resource = Resource {
    kind: "Pod",
    apis: &[api("", "v1", "pods")],
    select: Select::PhaseIn("kube-system", "Pending"),
    why: "CoreDNS and others that wait for the network",
};

/// Calico-node, canal, and other network plugins beside them.
pub static DAEMON_SETS: Resource = Resource {
    kind: "DaemonSet",
    apis: &[api("apps", "v1", "daemonsets")],
    select: Select::All,
    why: "calico-node, canal, and other network plugins beside them",
};

/// The operator. Its namespace is its own: files that hold what else runs Calico need not hold it.
pub static OPERATORS: Resource = Resource {
    kind: "Deployment",
    apis: &[api("apps", "v1", "deployments")],
    select: Select::Labelled("k8s-app", &[OPERATOR_APP]),
    why: "the operator",
};

/// Typha, kube-controllers.
pub static DEPLOYMENTS: Resource = Resource {
    kind: "Deployment",
    apis: &[api("apps", "v1", "deployments")],
    select: Select::Labelled("k8s-app", CALICO_DEPLOYMENTS),
    why: "Typha, kube-controllers",
};

/// Whether its deletion is stuck.
pub static CALICO_SYSTEM: Resource = Resource {
    kind: "Namespace",
    apis: &[api("", "v1", "namespaces")],
    select: Select::Named("", "calico-system"),
    why: "whether its deletion is stuck",
};

/// The pod and service CIDRs that kubeadm was given.
pub static KUBEADM_CONFIG: Resource = Resource {
    kind: "ConfigMap",
    apis: &[api("", "v1", "configmaps")],
    select: Select::Named("kube-system", "kubeadm-config"),
    why: "the pod and service CIDRs that kubeadm was given",
};

/// The pod CIDR that kube-proxy takes for the cluster's own.
pub static KUBE_PROXY: Resource = Resource {
    kind: "ConfigMap",
    apis: &[api("", "v1", "configmaps")],
    select: Select::Named("kube-system", "kube-proxy"),
    why: "the pod CIDR that kube-proxy takes for the cluster's own",
};

/// Backend, MTU and Typha of an install from manifests.
pub static CALICO_CONFIG: Resource = Resource {
    kind: "ConfigMap",
    apis: &[api("", "v1", "configmaps")],
    select: Select::Named("kube-system", "calico-config"),
    why: "backend, MTU and Typha of an install from manifests",
};

/// The same of Canal, and flannel's network.
pub static CANAL_CONFIG: Resource = Resource {
    kind: "ConfigMap",
    apis: &[api("", "v1", "configmaps")],
    select: Select::Named("kube-system", "canal-config"),
    why: "the same of Canal, and flannel's network",
};

/// The same of RKE2's Canal, whose objects have the name of its chart.
pub static RKE2_CANAL_CONFIG: Resource = Resource {
    kind: "ConfigMap",
    apis: &[api("", "v1", "configmaps")],
    select: Select::Named("kube-system", "rke2-canal-config"),
    why: "the same of RKE2's Canal",
};

/// What pools must not overlap.
pub static SERVICE_CIDRS: Resource = Resource {
    kind: "ServiceCIDR",
    apis: &[api("networking.k8s.io", "v1", "servicecidrs")],
    select: Select::All,
    why: "what pools must not overlap",
};

/// The pod network of OpenShift.
pub static OPENSHIFT_NETWORK: Resource = Resource {
    kind: "Network",
    apis: &[api("config.openshift.io", "v1", "networks")],
    select: Select::Named("", "cluster"),
    why: "the pod network of OpenShift",
};

/// Whether Calico's API server answers.
pub static API_SERVICE: Resource = Resource {
    kind: "APIService",
    apis: &[api("apiregistration.k8s.io", "v1", "apiservices")],
    select: Select::Named("", "v3.projectcalico.org"),
    why: "whether Calico's API server answers",
};

/// What the operator was asked for.
pub static INSTALLATIONS: Resource = Resource {
    kind: "Installation",
    apis: &[api("operator.tigera.io", "v1", "installations")],
    select: Select::All,
    why: "what the operator was asked for",
};

/// What the operator says of each component.
pub static TIGERA_STATUSES: Resource = Resource {
    kind: "TigeraStatus",
    apis: &[api("operator.tigera.io", "v1", "tigerastatuses")],
    select: Select::All,
    why: "what the operator says of each component",
};

/// Whether Calico's API server is asked for.
pub static API_SERVERS: Resource = Resource {
    kind: "APIServer",
    apis: &[api("operator.tigera.io", "v1", "apiservers")],
    select: Select::All,
    why: "whether Calico's API server is asked for",
};

/// Which of Calico's API groups is the store.
pub static DATASTORE_MIGRATIONS: Resource = Resource {
    kind: "DatastoreMigration",
    apis: &[
        api("migration.projectcalico.org", "v1", "datastoremigrations"),
        api(
            "migration.projectcalico.org",
            "v1beta1",
            "datastoremigrations",
        ),
    ],
    select: Select::All,
    why: "which of Calico's API groups is the store",
};

/// The live pools.
pub static IP_POOLS: Resource = Resource {
    kind: "IPPool",
    apis: &[api(V1, "v1", "ippools"), api(V3, "v3", "ippools")],
    select: Select::All,
    why: "the live pools",
};

/// Dataplane, encryption, who programs routes.
pub static FELIX_CONFIGURATIONS: Resource = Resource {
    kind: "FelixConfiguration",
    apis: &[
        api(V1, "v1", "felixconfigurations"),
        api(V3, "v3", "felixconfigurations"),
    ],
    select: Select::All,
    why: "dataplane, encryption, who programs routes",
};

/// Whether nodes peer with each other.
pub static BGP_CONFIGURATIONS: Resource = Resource {
    kind: "BGPConfiguration",
    apis: &[
        api(V1, "v1", "bgpconfigurations"),
        api(V3, "v3", "bgpconfigurations"),
    ],
    select: Select::All,
    why: "whether nodes peer with each other",
};

/// Who else they peer with.
pub static BGP_PEERS: Resource = Resource {
    kind: "BGPPeer",
    apis: &[api(V1, "v1", "bgppeers"), api(V3, "v3", "bgppeers")],
    select: Select::All,
    why: "who else they peer with",
};

/// Calico's version.
pub static CLUSTER_INFORMATIONS: Resource = Resource {
    kind: "ClusterInformation",
    apis: &[
        api(V1, "v1", "clusterinformations"),
        api(V3, "v3", "clusterinformations"),
    ],
    select: Select::All,
    why: "Calico's version",
};

/// How much of each pool is used, and by which node.
pub static IPAM_BLOCKS: Resource = Resource {
    kind: "IPAMBlock",
    apis: &[api(V1, "v1", "ipamblocks"), api(V3, "v3", "ipamblocks")],
    select: Select::All,
    why: "how much of each pool is used, and by which node",
};

/// Whether nodes may borrow addresses.
pub static IPAM_CONFIGS: Resource = Resource {
    kind: "IPAMConfig",
    apis: &[
        api(V1, "v1", "ipamconfigs"),
        api(V3, "v3", "ipamconfigurations"),
    ],
    select: Select::All,
    why: "whether nodes may borrow addresses",
};

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
