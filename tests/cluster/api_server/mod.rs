//! A real API server, started by `scripts/test-cluster`. It has no controllers: objects are what a test writes.

pub(crate) mod audit;
pub(crate) mod crds;
mod kubectl;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use calico_test_support::repository;
use serde_json::Value;

use crate::needs::{self, or_skip};

/// A running server. It stops when dropped, and when this process ends.
pub(crate) struct Cluster {
    pub(crate) launcher: Child,
    pub(crate) url: String,
    /// An administrator's kubeconfig.
    pub(crate) kubeconfig: PathBuf,
    audit: PathBuf,
    /// The binary of the running kube-apiserver.
    pub(crate) apiserver: PathBuf,
    /// The binary of the running etcd.
    pub(crate) etcd: PathBuf,
}

impl Cluster {
    /// Starts a server. `None` if that is impossible: the test is skipped, and must return.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        or_skip(Self::launch(&mut launcher()), "an API server")
    }

    /// The server that the tests in `test_cluster` share.
    #[track_caller]
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::launch(&mut launcher()));
        or_skip(shared.as_ref(), "an API server")
    }

    /// Starts a server with a command from [`launcher`].
    pub(crate) fn launch(launcher: &mut Command) -> Option<Self> {
        let mut launcher = launcher.spawn().expect("scripts/test-cluster starts");
        let mut line = String::new();
        BufReader::new(launcher.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("a line of scripts/test-cluster");
        if line.is_empty() {
            let status = launcher.wait().expect("scripts/test-cluster ends");
            assert_eq!(
                status.code(),
                Some(needs::NO_GO),
                "no cluster; the message above has the reason"
            );
            return None;
        }
        let ready: Value = serde_json::from_str(&line).expect("a line of JSON");
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        Some(Self {
            launcher,
            url: text(&ready["url"]),
            kubeconfig: text(&ready["kubeconfig"]).into(),
            audit: text(&ready["audit"]).into(),
            apiserver: text(&ready["binaries"]["kube-apiserver"]).into(),
            etcd: text(&ready["binaries"]["etcd"]).into(),
        })
    }

    fn folder(&self) -> &Path {
        self.kubeconfig.parent().expect("the cluster's folder")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It stops at the end of its standard input.
        drop(self.launcher.stdin.take());
        if let Err(error) = self.launcher.wait() {
            eprintln!("the test cluster did not stop: {error}");
        }
    }
}

/// `scripts/test-cluster`, which accepts more arguments and variables.
pub(crate) fn launcher() -> Command {
    let mut command = Command::new(repository().join("scripts/test-cluster"));
    command
        .args(["run", "--until-eof"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}
