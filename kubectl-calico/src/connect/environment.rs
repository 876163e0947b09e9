//! What surrounds the program and decides how it connects: an argument, so that a test can hand in
//! a whole one.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Variables, terminal and service account of a process.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The environment variables.
    pub variables: HashMap<OsString, OsString>,
    /// Whether a person can answer on standard input.
    pub terminal: bool,
    /// Where a pod finds its `token` and `ca.crt`.
    pub service_account: PathBuf,
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            terminal: std::io::stdin().is_terminal(),
            service_account: "/var/run/secrets/kubernetes.io/serviceaccount".into(),
        }
    }

    /// A variable's value; an empty one counts as unset, as everywhere in client-go.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    /// The same as text; one that is not Unicode counts as unset.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.variable(name)?.to_str()
    }

    pub(super) fn home(&self) -> Option<&Path> {
        self.variable("HOME")
            .or_else(|| self.variable("USERPROFILE"))
            .map(Path::new)
    }
}
