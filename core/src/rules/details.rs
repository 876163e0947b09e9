//! What a rule reports.

use crate::pool::Field;

/// A violation as a rule finds it, regardless of the run.
pub(super) struct Details {
    /// The field, such as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub(super) path: String,
    /// The fields that it depends on: index of the pool, and field.
    pub(super) fields: Vec<(usize, Field)>,
    pub(super) problem: String,
    pub(super) impact: String,
    pub(super) fix: String,
    /// Likewise, with flags of `helm-postrender`.
    pub(super) flags: Option<&'static str>,
}

impl Details {
    /// A violation at a path, which depends on none of the fields that a run can set.
    pub(super) fn at(
        path: impl Into<String>,
        problem: impl Into<String>,
        impact: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            fields: Vec::new(),
            problem: problem.into(),
            impact: impact.into(),
            fix: fix.into(),
            flags: None,
        }
    }

    /// With the flags of `helm-postrender` that do what the fix says.
    pub(super) fn flags(mut self, flags: &'static str) -> Self {
        self.flags = Some(flags);
        self
    }
}
