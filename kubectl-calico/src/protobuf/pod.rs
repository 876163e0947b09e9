//! Pods.

use super::metadata::{CONDITION, METADATA};
use super::schema::Kind::{self, Bool, Integer, List, Object, Output, Text};
use super::schema::field;

pub(super) const POD: Kind = Object(&[
    METADATA,
    field(
        2,
        "spec",
        Object(&[
            field(2, "containers", List(&CONTAINER)),
            field(10, "nodeName", Text),
            field(11, "hostNetwork", Bool),
        ]),
    ),
    field(
        3,
        "status",
        Object(&[
            field(1, "phase", Text),
            field(2, "conditions", List(&CONDITION)),
            field(6, "podIP", Text),
            field(8, "containerStatuses", List(&CONTAINER_STATUS)),
            field(10, "initContainerStatuses", List(&CONTAINER_STATUS)),
        ]),
    ),
]);

const CONTAINER: Kind = Object(&[
    field(1, "name", Text),
    field(2, "image", Text),
    field(3, "command", List(&Text)),
    field(4, "args", List(&Text)),
]);

const CONTAINER_STATUS: Kind = Object(&[
    field(1, "name", Text),
    field(2, "state", CONTAINER_STATE),
    field(3, "lastState", CONTAINER_STATE),
    field(4, "ready", Bool),
    field(5, "restartCount", Integer),
    field(6, "image", Text),
]);

const CONTAINER_STATE: Kind = Object(&[
    field(
        1,
        "waiting",
        Object(&[field(1, "reason", Text), field(2, "message", Output)]),
    ),
    field(2, "running", Object(&[])),
    field(
        3,
        "terminated",
        Object(&[
            field(1, "exitCode", Integer),
            field(3, "reason", Text),
            field(4, "message", Output),
        ]),
    ),
]);
