//! A home folder and an environment for one test, in which both the plugin and the real kubectl
//! can look for a cluster.

use std::path::PathBuf;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calico_test_support::tools::tool;
use clap::Parser;
use kubectl_calico::connect::{ConnectError, ConnectionFlags, Environment, Server, connect_in};
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) struct World {
    folder: TempDir,
    variables: Vec<(String, String)>,
    pub(crate) terminal: bool,
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    flags: ConnectionFlags,
}

/// The flags as the command line gives them.
pub(crate) fn flags(arguments: &[&str]) -> ConnectionFlags {
    Cli::parse_from(["kubectl-calico"].iter().chain(arguments)).flags
}

impl World {
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

    /// A path inside the world.
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

    /// Writes a program for `sh`.
    pub(crate) fn script(&self, relative: &str, content: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.write(relative, &format!("#!/bin/sh\n{content}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Writes the kubeconfig that is read when nothing names another.
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

    /// Connects as the plugin does.
    pub(crate) async fn connect(&self, arguments: &[&str]) -> Result<Server, ConnectError> {
        connect_in(&flags(arguments), &self.environment()).await
    }

    /// `kubectl get --raw /version`, which is one GET.
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

/// A text as a kubeconfig's `…-data` carries it.
pub(crate) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// A kubeconfig of one context, whose cluster and user hold these fields in YAML's flow style.
pub(crate) fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{{cluster}}}}}]\n\
         users: [{{name: u, user: {{{user}}}}}]\n"
    )
}
