//! The parts of the process's environment that determine how to connect. It is an argument, so that a
//! test can pass a complete one.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Variables, terminal and service account of a process.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The environment variables.
    pub variables: HashMap<OsString, OsString>,
    /// Whether standard input is a terminal, where the user can be prompted.
    pub terminal: bool,
    /// The directory where a pod finds its `token` and `ca.crt`.
    pub service_account: PathBuf,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            terminal: std::io::stdin().is_terminal(),
            service_account: "/var/run/secrets/kubernetes.io/serviceaccount".into(),
        }
    }

    /// A variable's value; an empty one is treated as unset, as everywhere in client-go.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    /// A variable's value as a string; one that is not Unicode is treated as unset.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.variable(name)?.to_str()
    }

    pub(super) fn home(&self) -> Option<&Path> {
        self.variable("HOME")
            .or_else(|| self.variable("USERPROFILE"))
            .map(Path::new)
    }
}
