//! What is kept of nodes, and of the objects in which Kubernetes and its distributions keep networks.

use super::{ANNOTATIONS, CONDITION, DELETION, LABELS, MANAGERS, NAME, NAMED, NAMESPACE};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{
    self, CommandLine, Document, Entries, Fields as Object, Kubeadm, Value,
};

/// Flags of a k3s or RKE2 server.
const SERVER_FLAGS: &[&str] = &[
    "--cluster-cidr",
    "--disable-kube-proxy",
    "--flannel-backend",
    "--service-cidr",
];

pub(in crate::snapshot) const NODE: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            ("creationTimestamp", Value),
            (
                "labels",
                Object(&[
                    ("eks.amazonaws.com/compute-type", Value),
                    ("kubernetes.azure.com/cluster", Value),
                    ("kubernetes.io/arch", Value),
                    ("kubernetes.io/hostname", Value),
                    ("kubernetes.io/os", Value),
                    ("microk8s.io/cluster", Value),
                    ("minikube.k8s.io/name", Value),
                    ("node-role.kubernetes.io/control-plane", Value),
                    ("node.kubernetes.io/instance-type", Value),
                    ("projectcalico.org/operator-node-migration", Value),
                    ("route-reflector", Value),
                    ("topology.kubernetes.io/region", Value),
                    ("topology.kubernetes.io/zone", Value),
                    ("type", Value),
                ]),
            ),
            (
                "annotations",
                Object(&[
                    ("flannel.alpha.coreos.com/public-ip", Value),
                    ("k3s.io/node-args", CommandLine(SERVER_FLAGS)),
                    ("projectcalico.org/ASNumber", Value),
                    ("projectcalico.org/IPv4Address", Value),
                    ("projectcalico.org/IPv4IPIPTunnelAddr", Value),
                    ("projectcalico.org/IPv4VXLANTunnelAddr", Value),
                    ("projectcalico.org/IPv4WireguardInterfaceAddr", Value),
                    ("projectcalico.org/IPv6Address", Value),
                    ("projectcalico.org/IPv6VXLANTunnelAddr", Value),
                    ("projectcalico.org/IPv6WireguardInterfaceAddr", Value),
                    ("projectcalico.org/RouteReflectorClusterID", Value),
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

pub(in crate::snapshot) const NAMESPACE_OBJECT: Fields = &[
    ("metadata", Object(&[NAME, DELETION])),
    ("status", Object(&[("conditions", Object(CONDITION))])),
];

const CONFIG_MAP_NAME: (&str, Keep) = ("metadata", Object(&[NAME, NAMESPACE]));

pub(in crate::snapshot) const KUBEADM_CONFIG: Fields = &[CONFIG_MAP_NAME, ("data", Kubeadm)];

pub(in crate::snapshot) const KUBE_PROXY: Fields = &[
    CONFIG_MAP_NAME,
    (
        "data",
        Object(&[(
            "config.conf",
            Document(&[("clusterCIDR", Value), ("mode", Value)]),
        )]),
    ),
];

const APPLIED_CONFIG_MAP: (&str, Keep) = (
    "metadata",
    Object(&[NAME, NAMESPACE, LABELS, ANNOTATIONS, MANAGERS]),
);

/// The ConfigMaps of Calico's manifests. Variables of calico-node refer to them.
pub(in crate::snapshot) const CALICO_CONFIG: Fields = &[
    APPLIED_CONFIG_MAP,
    (
        "data",
        Object(&[
            ("calico_backend", Value),
            ("cluster_type", Value),
            (
                "cni_network_config",
                Document(&[(
                    "plugins",
                    Object(&[(
                        "ipam",
                        Object(&[
                            ("assign_ipv6", Value),
                            ("ipv4_pools", Value),
                            ("ipv6_pools", Value),
                            ("type", Value),
                        ]),
                    )]),
                )]),
            ),
            ("etcd_endpoints", Value),
            ("kubernetes_service_host", Value),
            ("kubernetes_service_port", Value),
            (
                "net-conf.json",
                Document(&[("Backend", Object(&[("Type", Value)]))]),
            ),
            ("typha_service_name", Value),
            ("veth_mtu", Value),
        ]),
    ),
];

pub(in crate::snapshot) const CILIUM_CONFIG: Fields = &[
    CONFIG_MAP_NAME,
    ("data", Object(&[("cni-chaining-mode", Value)])),
];

pub(in crate::snapshot) const ACTIVE_OPERATOR: Fields = &[
    CONFIG_MAP_NAME,
    ("data", Object(&[("active-namespace", Value)])),
];

/// The address of the API server that needs no Services.
pub(in crate::snapshot) const SERVICES_ENDPOINT: Fields = &[
    APPLIED_CONFIG_MAP,
    (
        "data",
        Object(&[
            ("KUBERNETES_SERVICE_HOST", Value),
            ("KUBERNETES_SERVICE_PORT", Value),
        ]),
    ),
];

pub(in crate::snapshot) const SERVICE_CIDR: Fields =
    &[NAMED, ("spec", Object(&[("cidrs", Value)]))];

pub(in crate::snapshot) const OPENSHIFT_NETWORK: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("clusterNetwork", Object(&[("cidr", Value)])),
            ("serviceNetwork", Value),
        ]),
    ),
];

pub(in crate::snapshot) const API_SERVICE: Fields = &[
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
