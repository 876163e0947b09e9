//! `metadata`, and the types that every kind has.

use super::schema::Kind::{Map, Object, Output, Text, Time};
use super::schema::{Field, Kind, field};

pub(super) const METADATA: Field = field(
    1,
    "metadata",
    Object(&[
        field(1, "name", Text),
        field(3, "namespace", Text),
        field(8, "creationTimestamp", Time),
        field(9, "deletionTimestamp", Time),
        field(11, "labels", Map(&Text)),
        field(12, "annotations", Map(&Text)),
    ]),
);

/// An entry of `status.conditions`, of nodes and of pods alike.
pub(super) const CONDITION: Kind = Object(&[
    field(1, "type", Text),
    field(2, "status", Text),
    field(5, "reason", Text),
    field(6, "message", Output),
]);
