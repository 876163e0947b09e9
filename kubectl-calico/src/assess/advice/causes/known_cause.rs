//! A well-known cause of a message.

use crate::assess::check::{Case, Check};

/// The cause of a message of the operator.
pub(crate) struct KnownCause {
    /// The strings that a message must contain, all of them, in lower case.
    pub(super) texts: &'static [&'static str],
    /// What else must be true of a message, in lower case.
    pub(super) is_meant: fn(&str) -> bool,
    /// The minor versions of the operator that write it: the first, and the last unless they still do.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "docs/operator-messages.md has it")
    )]
    pub(super) written_by: (u32, Option<u32>),
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

impl KnownCause {
    /// What most causes have in common. 1.28 is the oldest operator that was compared.
    pub(super) const USUAL: Self = Self {
        texts: &[],
        is_meant: |_| true,
        written_by: (28, None),
        means: "",
        fix: "",
        in_installation: false,
        explained_by: &[],
        waits_for: None,
        paste: |_, _| String::new(),
    };
}
