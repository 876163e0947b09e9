//! Messages about the migration of a manifest install.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/migration.

use super::commands::{agents_and_typha, edit_old_calico_node, nodes_by_system};
use super::known_cause::KnownCause;
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::crash_loops::CRASH_LOOP;
use crate::assess::checks::images::IMAGE_NOT_PULLED;
use crate::assess::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use crate::assess::checks::typha_room::NO_ROOM;

/// The operator gives up, and tries again once the setting has changed.
const NOT_MIGRATED: KnownCause = KnownCause {
    means: "the manifest install has a setting that the operator cannot migrate",
    fix: "change the setting named in the message to one that the operator supports, in the old \
          calico-node; the migration then continues",
    paste: edit_old_calico_node,
    ..KnownCause::USUAL
};

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["existing calico installation can not be managed"],
        ..NOT_MIGRATED
    },
    KnownCause {
        texts: &["error converting existing installation"],
        ..NOT_MIGRATED
    },
    KnownCause {
        texts: &["error migrating resources to calico-system"],
        means: "the migration of the manifest install is stuck",
        fix: "fix the problem in the message, usually a calico-node or Typha pod that does not \
              become ready",
        explained_by: &[
            &CRASH_LOOP,
            &IMAGE_NOT_PULLED,
            &AGENT_NOT_READY,
            &TYPHA_NOT_READY,
        ],
        paste: agents_and_typha,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["not enough linux nodes to schedule typha"],
        means: "Typha needs more replicas than there are Linux nodes that can run one",
        fix: "uncordon or add Linux nodes; before operator 1.34, nodes that have not been \
              migrated from a manifest install do not count",
        explained_by: &[&NO_ROOM],
        paste: nodes_by_system,
        ..KnownCause::USUAL
    },
];
