//! What is kept of events and logs.

use super::{NAME, NAMESPACE};
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::keep::Keep::{self, Fields as Object, Message, Value};

const METADATA: (&str, Keep) = ("metadata", Object(&[NAME, NAMESPACE]));

pub(in crate::snapshot) const EVENT: Fields = &[
    METADATA,
    (
        "involvedObject",
        Object(&[("kind", Value), NAMESPACE, NAME]),
    ),
    ("type", Value),
    ("reason", Value),
    ("message", Message),
    ("lastTimestamp", Value),
    ("eventTime", Value),
];

pub(in crate::snapshot) const POD_LOG: Fields = &[
    METADATA,
    (
        "spec",
        Object(&[
            ("podName", Value),
            ("container", Value),
            ("previous", Value),
        ]),
    ),
    (
        "status",
        Object(&[("lines", Message), ("failure", Message)]),
    ),
];
