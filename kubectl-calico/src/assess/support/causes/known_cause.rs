//! A well-known cause of a message.

use crate::assess::check::{Case, Check};

/// The cause of a message.
pub(crate) struct KnownCause {
    /// The strings that a message must contain, all of them, in lower case.
    pub(super) texts: &'static [&'static str],
    /// What is wrong, as a clause.
    pub(crate) means: &'static str,
    /// What to do, as a clause in the imperative.
    pub(crate) fix: &'static str,
    /// Whether the fix changes the Installation.
    pub(crate) in_installation: bool,
    /// Checks that explain the cause in more detail, if they also find it.
    pub(crate) explained_by: &'static [&'static Check],
    /// The component that this one waits for, which must be fixed first if it is also unhealthy.
    pub(crate) waits_for: Option<&'static str>,
    /// The command for the fix, which may take names from the message.
    pub(crate) paste: fn(&Case, &str) -> String,
}

pub(super) const fn cause_of(
    texts: &'static [&'static str],
    means: &'static str,
    fix: &'static str,
    paste: fn(&Case, &str) -> String,
) -> KnownCause {
    KnownCause {
        texts,
        means,
        fix,
        in_installation: false,
        explained_by: &[],
        waits_for: None,
        paste,
    }
}

impl KnownCause {
    pub(super) const fn in_installation(mut self) -> Self {
        self.in_installation = true;
        self
    }

    pub(super) const fn waits_for(mut self, component: &'static str) -> Self {
        self.waits_for = Some(component);
        self
    }

    pub(super) const fn explained_by(mut self, checks: &'static [&'static Check]) -> Self {
        self.explained_by = checks;
        self
    }
}

pub(super) fn edit_installation(_: &Case, _: &str) -> String {
    "kubectl edit installations.operator.tigera.io default".to_owned()
}
