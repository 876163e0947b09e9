//! What is kept of the operator's resources.

use super::{ANNOTATIONS, DELETION, LABELS, MANAGERS, NAME, NAMED};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{self, Entries, Fields as Object, Message, Value, Whole};

/// The methods to detect the addresses of nodes. A rule counts them.
const AUTODETECTION: Keep = Object(&[
    ("canReach", Value),
    ("cidrs", Value),
    ("firstFound", Value),
    ("interface", Value),
    ("kubernetes", Value),
    ("skipInterface", Value),
]);

/// The nodes on which the operator runs calico-node.
const NODES_OF_POD: Keep = Object(&[
    ("affinity", Object(&[("nodeAffinity", Whole)])),
    ("nodeSelector", Whole),
]);

pub(in crate::snapshot) const INSTALLATION: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            DELETION,
            ("finalizers", Value),
            ("generation", Value),
            LABELS,
            ANNOTATIONS,
            MANAGERS,
        ]),
    ),
    (
        "spec",
        Object(&[
            (
                "calicoNetwork",
                Object(&[
                    ("bgp", Value),
                    ("bpfNetworkBootstrap", Value),
                    ("clusterRoutingMode", Value),
                    ("hostPorts", Value),
                    // Kept in full, because plans and fixes write entries back with all of their fields.
                    ("ipPools", Whole),
                    ("kubeProxyManagement", Value),
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
            // What only --with compares.
            (
                "calicoNodeDaemonSet",
                Object(&[(
                    "spec",
                    Object(&[("template", Object(&[("spec", NODES_OF_POD)]))]),
                )]),
            ),
            ("kubernetesProvider", Value),
            // What only CAL118 reads.
            ("imagePath", Value),
            ("imagePrefix", Value),
            ("registry", Value),
            // What only the rules of CAL110 read.
            ("azure", Object(&[])),
            (
                "componentResources",
                Object(&[
                    ("componentName", Value),
                    ("resourceRequirements", Object(&[])),
                ]),
            ),
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

pub(in crate::snapshot) const TIGERA_STATUS: Fields = &[
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

pub(in crate::snapshot) const API_SERVER: Fields = &[
    ("metadata", Object(&[NAME, DELETION])),
    ("status", Object(&[("state", Value)])),
];

pub(in crate::snapshot) const DATASTORE_MIGRATION: Fields =
    &[NAMED, ("status", Object(&[("phase", Value)]))];
