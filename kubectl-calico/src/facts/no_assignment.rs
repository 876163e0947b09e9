//! Why no new addresses are assigned from a pool.

use crate::phrases::condition;
use crate::snapshot::IpPool;

/// The selector of a pool that no node uses. Calico 3.28's documentation replaces `disabled` with it.
pub const NO_NODE: &str = "!all()";

/// Why no new addresses are assigned from a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAssignment {
    /// `spec.disabled`
    Disabled,
    /// `spec.nodeSelector` is [`NO_NODE`].
    SelectsNoNode,
    /// It is being deleted: since when (3.31 and later).
    BeingDeleted(String),
    /// kube-controllers has set the condition Allocatable to False (3.32 and later).
    NotAllocatable {
        /// The condition's reason, such as `CIDROverlap`.
        reason: String,
        /// The condition.
        condition: String,
    },
}

impl NoAssignment {
    /// The first reason of a pool, if there is one.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/client.go (`filterIPPool`).
    pub(super) fn of(pool: &IpPool) -> Option<Self> {
        let conditions = pool.status.iter().flat_map(|status| &status.conditions);
        let mut allocatable = conditions
            .filter(|found| found.kind == "Allocatable" && found.status == "False")
            .map(|found| Self::NotAllocatable {
                reason: found.reason.clone(),
                condition: condition(&found.status, &found.reason, &found.message),
            });
        let deleted = pool.metadata.deletion_timestamp.as_ref();
        // Deletions cannot be undone, so they come first.
        if let Some(since) = deleted {
            Some(Self::BeingDeleted(since.0.to_string()))
        } else if pool.spec.disabled {
            Some(Self::Disabled)
        } else if pool.spec.node_selector.as_deref() == Some(NO_NODE) {
            Some(Self::SelectsNoNode)
        } else {
            allocatable.next()
        }
    }

    /// The field that says so, and its value.
    pub fn evidence(&self) -> (&'static str, String) {
        match self {
            Self::Disabled => ("spec.disabled", true.to_string()),
            Self::SelectsNoNode => ("spec.nodeSelector", NO_NODE.to_owned()),
            Self::BeingDeleted(since) => ("metadata.deletionTimestamp", since.clone()),
            Self::NotAllocatable { condition, .. } => ("condition Allocatable", condition.clone()),
        }
    }
}
