//! What is kept of pods, and of the workloads that create them.

use super::{ANNOTATIONS, CONDITION, DELETION, LABELS, MANAGERS, NAME, NAMESPACE};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{
    self, Entries, Fields as Object, Flags, Message, Selector, Value, Whole,
};

/// The labels by which Calico's pods are found, and by which its workloads select them.
/// Source: tigera/operator v1.42.3, pkg/render; projectcalico/calico v3.32.1, manifests.
const POD_LABELS: &[&str] = &["apiserver", "k8s-app", "name"];

/// `env` of Calico's containers.
const VARIABLES: &[&str] = &[
    "ANNOTATE_POD_IP",
    "CALICO_API_GROUP",
    "CALICO_IPV4POOL_BLOCK_SIZE",
    "CALICO_IPV4POOL_CIDR",
    "CALICO_IPV6POOL_BLOCK_SIZE",
    "CALICO_IPV6POOL_CIDR",
    "CALICO_MANAGE_CNI",
    "CALICO_NETWORKING_BACKEND",
    "CLUSTER_TYPE",
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
    "FELIX_VXLANMTU",
    "FELIX_VXLANPORT",
    "FELIX_VXLANVNI",
    "FELIX_WIREGUARDENABLED",
    "FELIX_WIREGUARDENABLEDV6",
    "IP",
    "IP6",
    "IP6_AUTODETECTION_METHOD",
    "IP_AUTODETECTION_METHOD",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "NO_DEFAULT_POOLS",
    "TIGERA_OPERATOR_INIT_IMAGE_VERSION",
    "USE_POD_CIDR",
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

/// The flag of the policy agent of the Amazon VPC CNI.
const POLICY_FLAGS: &[&str] = &["--enable-network-policy"];

/// Flags of the control plane.
const NETWORK_FLAGS: &[&str] = &["--cluster-cidr", "--service-cluster-ip-range"];

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

pub(in crate::snapshot) const POD: Fields = &[
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

/// What is read of all pods: their names, the addresses that the CNI plugin has noted and, where a pod is
/// read as a whole, what shows that it has an address.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/conversion/constants.go.
pub(in crate::snapshot) const POD_NAME: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            NAMESPACE,
            (
                "annotations",
                Object(&[
                    ("cni.projectcalico.org/podIP", Value),
                    ("cni.projectcalico.org/podIPs", Value),
                ]),
            ),
        ]),
    ),
    ("spec", Object(&[("nodeName", Value)])),
    ("status", Object(&[("podIPs", Object(&[("ip", Value)]))])),
];

/// A container of a workload.
const CONTAINER: Keep = Object(&[
    NAME,
    ("image", Value),
    ("env", ENVIRONMENT),
    ("args", Flags(POLICY_FLAGS)),
    ("envFrom", Object(&[("configMapRef", Object(&[NAME]))])),
    ("livenessProbe", Object(&[("timeoutSeconds", Value)])),
]);

pub(in crate::snapshot) const DAEMON_SET: Fields = &[
    (
        "metadata",
        Object(&[NAME, NAMESPACE, DELETION, LABELS, ANNOTATIONS, MANAGERS]),
    ),
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
                        ("initContainers", Object(&[NAME, ("image", Value)])),
                        ("containers", CONTAINER),
                    ]),
                )]),
            ),
            (
                "updateStrategy",
                Object(&[
                    ("type", Value),
                    ("rollingUpdate", Object(&[("maxUnavailable", Value)])),
                ]),
            ),
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

pub(in crate::snapshot) const DEPLOYMENT: Fields = &[
    (
        "metadata",
        Object(&[NAME, NAMESPACE, LABELS, ANNOTATIONS, MANAGERS]),
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
