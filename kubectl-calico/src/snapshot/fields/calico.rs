//! What is kept of Calico's pools and configuration.

use super::{CONDITION, CONFIGURED, DELETION, LABELS, MANAGERS, NAME, NAMED, STORED_ANNOTATIONS};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{self, Entries, Fields as Object, Value};

pub(in crate::snapshot) const IP_POOL: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            ("creationTimestamp", Value),
            DELETION,
            ("finalizers", Value),
            LABELS,
            STORED_ANNOTATIONS,
            MANAGERS,
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

pub(in crate::snapshot) const FELIX_CONFIGURATION: Fields = &[
    (
        "metadata",
        Object(&[
            NAME,
            ("creationTimestamp", Value),
            LABELS,
            STORED_ANNOTATIONS,
            MANAGERS,
        ]),
    ),
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
            ("nodeSelector", Value),
            ("programClusterRoutes", Value),
            ("vxlanEnabled", Value),
            ("vxlanPort", Value),
            ("vxlanVNI", Value),
            ("wireguardEnabled", Value),
            ("wireguardEnabledV6", Value),
        ]),
    ),
];

pub(in crate::snapshot) const BGP_CONFIGURATION: Fields = &[
    CONFIGURED,
    (
        "spec",
        Object(&[
            ("listenPort", Value),
            ("nodeToNodeMeshEnabled", Value),
            ("programClusterRoutes", Value),
            ("serviceClusterIPs", Object(&[("cidr", Value)])),
            ("serviceExternalIPs", Object(&[("cidr", Value)])),
            ("serviceLoadBalancerIPs", Object(&[("cidr", Value)])),
        ]),
    ),
];

pub(in crate::snapshot) const BGP_PEER: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("localWorkloadSelector", Value),
            ("node", Value),
            ("nodeSelector", Value),
            ("peerIP", Value),
            ("peerSelector", Value),
        ]),
    ),
];

const BIRD: Keep = Object(&[("state", Value)]);

const PEERS: Keep = Object(&[
    ("peerIP", Value),
    ("type", Value),
    ("state", Value),
    ("since", Value),
]);

const ROUTES: Keep = Object(&[
    ("type", Value),
    ("learnedFrom", Object(&[("sourceType", Value)])),
]);

pub(in crate::snapshot) const CALICO_NODE_STATUS: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("classes", Value),
            ("node", Value),
            ("updatePeriodSeconds", Value),
        ]),
    ),
    (
        "status",
        Object(&[
            ("lastUpdated", Value),
            ("agent", Object(&[("birdV4", BIRD), ("birdV6", BIRD)])),
            ("bgp", Object(&[("peersV4", PEERS), ("peersV6", PEERS)])),
            (
                "routes",
                Object(&[("routesV4", ROUTES), ("routesV6", ROUTES)]),
            ),
        ]),
    ),
];

pub(in crate::snapshot) const CLUSTER_INFORMATION: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[("calicoVersion", Value), ("datastoreReady", Value)]),
    ),
];

pub(in crate::snapshot) const KUBE_CONTROLLERS_CONFIGURATION: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[(
            "controllers",
            Object(&[("node", Object(&[("leakGracePeriod", Value)]))]),
        )]),
    ),
];
