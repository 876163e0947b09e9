//! Nodes. Of a large one, most is the list of its images, which is skipped.

use super::metadata::{CONDITION, METADATA};
use super::schema::Kind::{self, Bool, List, Map, Object, Quantity, Text};
use super::schema::field;

pub(super) const NODE: Kind = Object(&[
    METADATA,
    field(
        2,
        "spec",
        Object(&[
            field(3, "providerID", Text),
            field(4, "unschedulable", Bool),
            field(5, "taints", List(&Object(&[field(1, "key", Text)]))),
            field(7, "podCIDRs", List(&Text)),
        ]),
    ),
    field(
        3,
        "status",
        Object(&[
            field(2, "allocatable", Map(&Quantity)),
            field(4, "conditions", List(&CONDITION)),
            field(
                5,
                "addresses",
                List(&Object(&[
                    field(1, "type", Text),
                    field(2, "address", Text),
                ])),
            ),
            field(
                7,
                "nodeInfo",
                Object(&[
                    field(4, "kernelVersion", Text),
                    field(5, "osImage", Text),
                    field(7, "kubeletVersion", Text),
                    field(9, "operatingSystem", Text),
                ]),
            ),
        ]),
    ),
]);
