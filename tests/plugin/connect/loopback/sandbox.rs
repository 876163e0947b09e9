//! A home directory and an environment, in which kubectl and the plugin look for a cluster.

use std::path::PathBuf;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calico_test_support::tools::tool;
use clap::Parser;
use kubectl_calico::connect::{ConnectError, ConnectionFlags, Environment, Server, connect_in};
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) struct Sandbox {
    folder: TempDir,
    variables: Vec<(String, String)>,
    pub(crate) terminal: bool,
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    flags: ConnectionFlags,
}

/// The flags in these arguments.
pub(crate) fn flags(arguments: &[&str]) -> ConnectionFlags {
    Cli::parse_from(["kubectl-calico"].iter().chain(arguments)).flags
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let home = folder.path().to_str().unwrap().to_owned();
        let variables = [
            ("HOME", home.as_str()),
            ("PATH", "/usr/bin:/bin"),
            ("KUBECTL_KUBERC", "false"),
        ];
        Self {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            folder,
            terminal: false,
        }
    }

    /// A path in the home directory.
    pub(crate) fn path(&self, relative: &str) -> String {
        self.folder
            .path()
            .join(relative)
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Writes a file, and returns its path.
    pub(crate) fn write(&self, relative: &str, content: &str) -> String {
        let path = PathBuf::from(self.path(relative));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path(relative)).unwrap()
    }

    pub(crate) fn exists(&self, relative: &str) -> bool {
        std::fs::exists(self.path(relative)).unwrap()
    }

    pub(crate) fn remove(&self, relative: &str) {
        std::fs::remove_file(self.path(relative)).unwrap();
    }

    /// Writes a shell script.
    pub(crate) fn script(&self, relative: &str, content: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.write(relative, &format!("#!/bin/sh\n{content}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Writes the default kubeconfig.
    pub(crate) fn kubeconfig(&self, content: &str) -> String {
        self.write(".kube/config", content)
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|(variable, _)| variable != name);
    }

    pub(crate) fn environment(&self) -> Environment {
        let variables = self.variables.iter();
        Environment {
            variables: variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            terminal: self.terminal,
            service_account: self.folder.path().join("serviceaccount"),
        }
    }

    /// Connects as the plugin.
    pub(crate) async fn connect(&self, arguments: &[&str]) -> Result<Server, ConnectError> {
        connect_in(&flags(arguments), &self.environment()).await
    }

    /// Runs `kubectl get --raw /version`, which sends one GET.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> Output {
        Command::new(tool("kubectl", "1.37.1"))
            .args(["get", "--raw", "/version"])
            .args(arguments)
            .env_clear()
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(std::process::Stdio::null())
            .output()
            .await
            .unwrap()
    }
}

/// A text as in a field `…-data` of a kubeconfig.
pub(crate) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// A kubeconfig with one context, and these fields of its cluster and user in YAML's flow style.
pub(crate) fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{{cluster}}}}}]\n\
         users: [{{name: u, user: {{{user}}}}}]\n"
    )
}
