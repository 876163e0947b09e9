//! What is kept of Calico's IPAM.

use super::{CONFIGURED, NAMED};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{self, Fields as Object, Value};

/// Whose an address is: the node, and whether it is a pod. The names of pods are not kept.
const OWNER: Keep = Object(&[
    ("node", Value),
    ("note", Value),
    ("pod", Object(&[])),
    ("type", Value),
    ("vmi-name", Object(&[])),
]);

pub(in crate::snapshot) const IPAM_BLOCK: Fields = &[
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

pub(in crate::snapshot) const IPAM_CONFIG: Fields = &[
    CONFIGURED,
    (
        "spec",
        Object(&[
            ("autoAllocateBlocks", Value),
            ("maxBlocksPerHost", Value),
            ("strictAffinity", Value),
        ]),
    ),
];

pub(in crate::snapshot) const IP_RESERVATION: Fields =
    &[CONFIGURED, ("spec", Object(&[("reservedCIDRs", Value)]))];

/// What is read of blocks to compare them with pods.
pub(in crate::snapshot) const ALLOCATIONS: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("allocations", Value),
            (
                "attributes",
                Object(&[
                    ("alternateOwnerAttrs", Object(&[])),
                    ("handle_id", Value),
                    (
                        "secondary",
                        Object(&[
                            ("namespace", Value),
                            ("node", Value),
                            ("pod", Value),
                            ("timestamp", Value),
                            ("vmi-name", Object(&[])),
                        ]),
                    ),
                ]),
            ),
            ("cidr", Value),
        ]),
    ),
];

pub(in crate::snapshot) const POD_ADDRESS: Fields = &[
    NAMED,
    (
        "spec",
        Object(&[
            ("ageSeconds", Value),
            ("namespace", Value),
            ("node", Value),
            ("pod", Value),
        ]),
    ),
    ("status", Object(&[("pod", Value)])),
];
