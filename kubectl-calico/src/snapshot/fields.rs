//! What is kept of each kind: the fields that facts, checks and plans read, and nothing else. Snapshots
//! are shared with others, and environments, arguments, annotations and ConfigMaps can contain
//! credentials.
//!
//! docs/snapshot.md lists all of them.

use super::trim::keep::Fields;
use super::trim::keep::Keep::{
    self, CommandLine, Document, Entries, Fields as Object, Flags, Kubeadm, Message, Selector,
    Value, Whole,
};

const NAME: (&str, Keep) = ("name", Value);
const NAMESPACE: (&str, Keep) = ("namespace", Value);
const DELETION: (&str, Keep) = ("deletionTimestamp", Value);

/// `metadata` of an object whose name alone is read.
const NAMED: (&str, Keep) = ("metadata", Object(&[NAME]));

/// The labels by which Calico's pods are found, and by which its workloads select them.
/// Source: tigera/operator v1.42.3, pkg/render; projectcalico/calico v3.32.1, manifests.
const POD_LABELS: &[&str] = &["apiserver", "k8s-app", "name"];

/// `env` of Calico's containers.
const VARIABLES: &[&str] = &[
    "CALICO_API_GROUP",
    "CALICO_IPV4POOL_CIDR",
    "CALICO_MANAGE_CNI",
    "CALICO_NETWORKING_BACKEND",
    "ETCD_ENDPOINTS",
    "FELIX_AWSSRCDSTCHECK",
    "FELIX_BPFENABLED",
    "FELIX_BPFKUBEPROXYIPTABLESCLEANUPENABLED",
    "FELIX_IPINIPENABLED",
    "FELIX_IPV6SUPPORT",
    "FELIX_LOGSEVERITYSCREEN",
    "FELIX_NFTABLESMODE",
    "FELIX_PROGRAMCLUSTERROUTES",
    "FELIX_TYPHAADDR",
    "FELIX_TYPHAK8SSERVICENAME",
    "FELIX_VXLANENABLED",
    "FELIX_VXLANPORT",
    "FELIX_WIREGUARDENABLED",
    "FELIX_WIREGUARDENABLEDV6",
    "IP6",
    "IP_AUTODETECTION_METHOD",
    "KUBERNETES_SERVICE_HOST",
    "TIGERA_OPERATOR_INIT_IMAGE_VERSION",
];

const ENVIRONMENT: Keep = Entries {
    by: "name",
    of: VARIABLES,
    fields: &[
        NAME,
        ("value", Value),
        (
            "valueFrom",
            Object(&[("configMapKeyRef", Object(&[NAME, ("key", Value)]))]),
        ),
    ],
};

/// Flags of the control plane.
const NETWORK_FLAGS: &[&str] = &["--cluster-cidr", "--service-cluster-ip-range"];

/// Flags of a k3s or RKE2 server.
const SERVER_FLAGS: &[&str] = &["--cluster-cidr", "--flannel-backend", "--service-cidr"];

const SELECTOR: (&str, Keep) = ("selector", Object(&[("matchLabels", Selector(POD_LABELS))]));

const TERMINATED: (&str, Keep) = (
    "terminated",
    Object(&[("reason", Value), ("message", Message), ("exitCode", Value)]),
);

const CONTAINER_STATE: Keep = Object(&[
    (
        "waiting",
        Object(&[("reason", Value), ("message", Message)]),
    ),
    ("running", Object(&[])),
    TERMINATED,
]);

const CONTAINER_STATUSES: Keep = Object(&[
    NAME,
    ("image", Value),
    ("ready", Value),
    ("restartCount", Value),
    ("state", CONTAINER_STATE),
    ("lastState", Object(&[TERMINATED])),
]);

const CONDITION: Fields = &[
    ("type", Value),
    ("status", Value),
    ("reason", Value),
    ("message", Message),
];

pub(super) const NODE: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            (
                "labels",
                Object(&[
                    ("eks.amazonaws.com/compute-type", Value),
                    ("kubernetes.azure.com/cluster", Value),
                    ("kubernetes.io/os", Value),
                    ("microk8s.io/cluster", Value),
                    ("minikube.k8s.io/name", Value),
                    ("projectcalico.org/operator-node-migration", Value),
                    ("type", Value),
                ]),
            ),
            (
                "annotations",
                Object(&[
                    ("k3s.io/node-args", CommandLine(SERVER_FLAGS)),
                    ("projectcalico.org/IPv4Address", Value),
                    ("projectcalico.org/IPv6Address", Value),
                    ("projectcalico.org/WireguardPublicKey", Value),
                    ("projectcalico.org/WireguardPublicKeyV6", Value),
                    ("rke2.io/node-args", CommandLine(SERVER_FLAGS)),
                ]),
            ),
        ]),
    ),
    (
        "spec",
        Object(&[
            ("podCIDRs", Value),
            ("providerID", Value),
            ("taints", Object(&[("key", Value)])),
            ("unschedulable", Value),
        ]),
    ),
    (
        "status",
        Object(&[
            (
                "addresses",
                Entries {
                    by: "type",
                    of: &["InternalIP"],
                    fields: &[("type", Value), ("address", Value)],
                },
            ),
            ("allocatable", Object(&[("pods", Value)])),
            (
                "conditions",
                Entries {
                    by: "type",
                    of: &["NetworkUnavailable", "Ready"],
                    fields: CONDITION,
                },
            ),
            (
                "nodeInfo",
                Object(&[
                    ("kernelVersion", Value),
                    ("kubeletVersion", Value),
                    ("operatingSystem", Value),
                    ("osImage", Value),
                ]),
            ),
        ]),
    ),
];

pub(super) const POD: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            NAMESPACE,
            DELETION,
            (
                "labels",
                Object(&[
                    ("apiserver", Value),
                    ("component", Value),
                    ("k8s-app", Value),
                    NAME,
                ]),
            ),
        ]),
    ),
    (
        "spec",
        Object(&[
            ("nodeName", Value),
            ("hostNetwork", Value),
            (
                "containers",
                Object(&[
                    NAME,
                    ("image", Value),
                    ("command", Flags(NETWORK_FLAGS)),
                    ("args", Flags(NETWORK_FLAGS)),
                ]),
            ),
        ]),
    ),
    (
        "status",
        Object(&[
            ("phase", Value),
            ("podIP", Value),
            (
                "conditions",
                Entries {
                    by: "type",
                    of: &["PodScheduled", "Ready"],
                    fields: CONDITION,
                },
            ),
            ("initContainerStatuses", CONTAINER_STATUSES),
            ("containerStatuses", CONTAINER_STATUSES),
        ]),
    ),
];

/// A container of a workload.
const CONTAINER: Keep = Object(&[
    NAME,
    ("image", Value),
    ("env", ENVIRONMENT),
    ("livenessProbe", Object(&[("timeoutSeconds", Value)])),
]);

pub(super) const DAEMON_SET: Fields = &[
    ("metadata", Object(&[NAME, NAMESPACE, DELETION])),
    (
        "spec",
        Object(&[
            SELECTOR,
            (
                "template",
                Object(&[(
                    "spec",
                    Object(&[
                        ("nodeSelector", Whole),
                        ("affinity", Object(&[("nodeAffinity", Whole)])),
                        ("initContainers", Object(&[NAME])),
                        ("containers", CONTAINER),
                    ]),
                )]),
            ),
            ("updateStrategy", Object(&[("type", Value)])),
        ]),
    ),
    (
        "status",
        Object(&[
            ("currentNumberScheduled", Value),
            ("desiredNumberScheduled", Value),
            ("numberReady", Value),
            ("observedGeneration", Value),
            ("updatedNumberScheduled", Value),
        ]),
    ),
];

/// The labels and annotations that install tools leave on objects.
const INSTALLER_LABELS: Keep = Object(&[
    ("addonmanager.kubernetes.io/mode", Value),
    ("argocd.argoproj.io/instance", Value),
    ("helm.toolkit.fluxcd.io/name", Value),
    ("k8s-app", Value),
    ("kubernetes.azure.com/managedby", Value),
    ("kustomize.toolkit.fluxcd.io/name", Value),
]);

const INSTALLER_ANNOTATIONS: Keep = Object(&[
    ("argocd.argoproj.io/tracking-id", Value),
    ("meta.helm.sh/release-name", Value),
    ("meta.helm.sh/release-namespace", Value),
]);

pub(super) const DEPLOYMENT: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            NAMESPACE,
            ("labels", INSTALLER_LABELS),
            ("annotations", INSTALLER_ANNOTATIONS),
        ]),
    ),
    (
        "spec",
        Object(&[
            ("replicas", Value),
            SELECTOR,
            (
                "strategy",
                Object(&[
                    ("type", Value),
                    ("rollingUpdate", Object(&[("maxUnavailable", Value)])),
                ]),
            ),
            (
                "template",
                Object(&[("spec", Object(&[("containers", CONTAINER)]))]),
            ),
        ]),
    ),
    (
        "status",
        Object(&[
            (
                "conditions",
                Entries {
                    by: "type",
                    of: &["ReplicaFailure"],
                    fields: CONDITION,
                },
            ),
            ("readyReplicas", Value),
        ]),
    ),
];

pub(super) const NAMESPACE_OBJECT: Fields = &[
    ("metadata", Object(&[NAME, DELETION])),
    ("status", Object(&[("conditions", Object(CONDITION))])),
];

const CONFIG_MAP_NAME: (&str, Keep) = ("metadata", Object(&[NAME, NAMESPACE]));

pub(super) const KUBEADM_CONFIG: Fields = &[CONFIG_MAP_NAME, ("data", Kubeadm)];

pub(super) const KUBE_PROXY: Fields = &[
    CONFIG_MAP_NAME,
    (
        "data",
        Object(&[("config.conf", Document(&[("clusterCIDR", Value)]))]),
    ),
];

/// The ConfigMaps of Calico's manifests. Variables of calico-node refer to them.
pub(super) const CALICO_CONFIG: Fields = &[
    CONFIG_MAP_NAME,
    (
        "data",
        Object(&[
            ("calico_backend", Value),
            (
                "cni_network_config",
                Document(&[(
                    "plugins",
                    Object(&[("ipam", Object(&[("assign_ipv6", Value), ("type", Value)]))]),
                )]),
            ),
            ("etcd_endpoints", Value),
            (
                "net-conf.json",
                Document(&[("Backend", Object(&[("Type", Value)]))]),
            ),
            ("typha_service_name", Value),
            ("veth_mtu", Value),
        ]),
    ),
];

pub(super) const SERVICE_CIDR: Fields = &[NAMED, ("spec", Object(&[("cidrs", Value)]))];

pub(super) const OPENSHIFT_NETWORK: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("clusterNetwork", Object(&[("cidr", Value)])),
            ("serviceNetwork", Value),
        ]),
    ),
];

pub(super) const API_SERVICE: Fields = &[
    NAMED,
    ("spec", Object(&[("service", Object(&[NAMESPACE]))])),
    (
        "status",
        Object(&[(
            "conditions",
            Entries {
                by: "type",
                of: &["Available"],
                fields: CONDITION,
            },
        )]),
    ),
];

/// The methods to detect the addresses of nodes. A rule counts them.
const AUTODETECTION: Keep = Object(&[
    ("canReach", Value),
    ("cidrs", Value),
    ("firstFound", Value),
    ("interface", Value),
    ("kubernetes", Value),
    ("skipInterface", Value),
]);

pub(super) const INSTALLATION: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            DELETION,
            ("finalizers", Value),
            ("generation", Value),
            ("labels", INSTALLER_LABELS),
            ("annotations", INSTALLER_ANNOTATIONS),
        ]),
    ),
    (
        "spec",
        Object(&[
            (
                "calicoNetwork",
                Object(&[
                    ("bgp", Value),
                    ("clusterRoutingMode", Value),
                    ("hostPorts", Value),
                    // Kept in full, because plans and fixes write entries back with all of their fields.
                    ("ipPools", Whole),
                    ("containerIPForwarding", Value),
                    ("linuxDataplane", Value),
                    ("linuxPodInterfaceType", Value),
                    ("linuxPolicySetupTimeoutSeconds", Value),
                    ("mtu", Value),
                    ("multiInterfaceMode", Value),
                    ("nodeAddressAutodetectionV4", AUTODETECTION),
                    ("nodeAddressAutodetectionV6", AUTODETECTION),
                    ("windowsDataplane", Value),
                ]),
            ),
            (
                "cni",
                Object(&[
                    ("type", Value),
                    ("ipam", Object(&[("type", Value)])),
                    ("specVersion", Value),
                ]),
            ),
            ("kubernetesProvider", Value),
            // What only the rules of CAL110 read.
            ("azure", Object(&[])),
            ("componentResources", Object(&[("componentName", Value)])),
            (
                "controlPlaneNodeSelector",
                Object(&[
                    ("beta.kubernetes.io/os", Value),
                    ("kubernetes.io/os", Value),
                ]),
            ),
            ("controlPlaneReplicas", Value),
            ("fipsMode", Value),
            ("flexVolumePath", Value),
            ("kubeletVolumePluginPath", Value),
            (
                "logging",
                Object(&[(
                    "cni",
                    Object(&[
                        ("logFileMaxAgeDays", Value),
                        ("logFileMaxCount", Value),
                        ("logFileMaxSize", Value),
                    ]),
                )]),
            ),
            ("nodeUpdateStrategy", Object(&[("type", Value)])),
            ("nonPrivileged", Value),
            ("serviceCIDRs", Value),
            ("variant", Value),
            ("windowsNodes", Object(&[])),
        ]),
    ),
    (
        "status",
        Object(&[("calicoVersion", Value), ("mtu", Value)]),
    ),
];

pub(super) const TIGERA_STATUS: Fields = &[
    NAMED,
    (
        "status",
        Object(&[(
            "conditions",
            Entries {
                by: "type",
                of: &["Available", "Degraded", "Progressing"],
                fields: &[
                    ("type", Value),
                    ("status", Value),
                    ("reason", Value),
                    ("message", Message),
                    ("observedGeneration", Value),
                    ("lastTransitionTime", Value),
                ],
            },
        )]),
    ),
];

pub(super) const API_SERVER: Fields = &[
    ("metadata", Object(&[NAME, DELETION])),
    ("status", Object(&[("state", Value)])),
];

pub(super) const DATASTORE_MIGRATION: Fields = &[NAMED, ("status", Object(&[("phase", Value)]))];

/// How the operator marks its pools.
const OWNER_LABEL: (&str, Keep) = ("labels", Object(&[("app.kubernetes.io/managed-by", Value)]));

pub(super) const IP_POOL: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            DELETION,
            OWNER_LABEL,
            (
                "annotations",
                Object(&[("projectcalico.org/metadata", Document(&[OWNER_LABEL]))]),
            ),
        ]),
    ),
    (
        "spec",
        Object(&[
            ("allowedUses", Value),
            ("assignmentMode", Value),
            ("blockSize", Value),
            ("cidr", Value),
            ("disableBGPExport", Value),
            ("disabled", Value),
            ("ipip", Object(&[("enabled", Value), ("mode", Value)])),
            ("ipipMode", Value),
            ("natOutgoing", Value),
            ("nodeSelector", Value),
            ("vxlanMode", Value),
        ]),
    ),
    (
        "status",
        Object(&[(
            "conditions",
            Entries {
                by: "type",
                of: &["Allocatable"],
                fields: CONDITION,
            },
        )]),
    ),
];

pub(super) const FELIX_CONFIGURATION: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("awsSrcDstCheck", Value),
            ("bpfEnabled", Value),
            ("bpfKubeProxyIptablesCleanupEnabled", Value),
            ("ipipEnabled", Value),
            ("ipv6Support", Value),
            ("logSeverityScreen", Value),
            ("nftablesMode", Value),
            ("programClusterRoutes", Value),
            ("vxlanEnabled", Value),
            ("vxlanPort", Value),
            ("wireguardEnabled", Value),
            ("wireguardEnabledV6", Value),
        ]),
    ),
];

pub(super) const BGP_CONFIGURATION: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("listenPort", Value),
            ("nodeToNodeMeshEnabled", Value),
            ("programClusterRoutes", Value),
        ]),
    ),
];

pub(super) const BGP_PEER: Fields = &[NAMED];

pub(super) const CLUSTER_INFORMATION: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[("calicoVersion", Value), ("datastoreReady", Value)]),
    ),
];

/// Whose an address is: the node, and whether it is a pod. The names of pods are not kept.
const OWNER: Keep = Object(&[
    ("node", Value),
    ("note", Value),
    ("pod", Object(&[])),
    ("type", Value),
    ("vmi-name", Object(&[])),
]);

pub(super) const IPAM_BLOCK: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("affinity", Value),
            ("allocations", Value),
            (
                "attributes",
                Object(&[
                    ("alternateOwnerAttrs", Object(&[])),
                    ("handle_id", Object(&[])),
                    ("secondary", OWNER),
                ]),
            ),
            ("cidr", Value),
            ("unallocated", Value),
        ]),
    ),
];

pub(super) const IPAM_CONFIG: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("autoAllocateBlocks", Value),
            ("maxBlocksPerHost", Value),
            ("strictAffinity", Value),
        ]),
    ),
];

pub(super) const IP_RESERVATION: Fields = &[NAMED, ("spec", Object(&[("reservedCIDRs", Value)]))];
