//! A Helm with its own home directory, kubeconfig and API server.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calico_test_support::helm::{Helm, lay_out_plugin};
pub(crate) use calico_test_support::outcome::Outcome;
use tempfile::TempDir;

use super::fake_api::FakeApi;

/// The filter that cargo built for these tests.
pub(crate) const FILTER: &str = env!("CARGO_BIN_EXE_helm-postrender");

pub(crate) struct Sandbox {
    pub(crate) helm: Helm,
    pub(crate) api: FakeApi,
    root: TempDir,
}

impl Sandbox {
    /// A Helm that finds the filter: on PATH, and for Helm 4 as a plugin.
    pub(crate) fn new(helm: Helm) -> Self {
        let sandbox = Self::without_plugin(helm);
        if !helm.is_3() {
            lay_out_plugin(
                &sandbox.path("data/plugins/helm-postrender"),
                Path::new(FILTER),
            );
        }
        sandbox
    }

    /// A Helm without plugins. The filter is on PATH.
    pub(crate) fn without_plugin(helm: Helm) -> Self {
        let sandbox = Self::without_filter(helm);
        std::os::unix::fs::symlink(FILTER, sandbox.path("bin/helm-postrender"))
            .expect("link the filter");
        sandbox
    }

    /// A Helm that does not find the filter.
    pub(crate) fn without_filter(helm: Helm) -> Self {
        let api = FakeApi::start();
        let root = TempDir::new().expect("a temporary folder");
        for folder in ["home", "bin", "cache", "config", "data"] {
            fs::create_dir(root.path().join(folder)).expect("make a folder of the sandbox");
        }
        fs::write(root.path().join("kubeconfig"), kubeconfig(&api.url()))
            .expect("write the kubeconfig");
        Self { helm, api, root }
    }

    /// A path inside the sandbox.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// Runs Helm. It inherits no environment variable.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Outcome {
        self.run_program(&self.helm.binary(), arguments)
    }

    /// Runs a program as [`Self::run`] runs Helm.
    pub(crate) fn run_program<A: AsRef<OsStr>>(
        &self,
        binary: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        let output = Command::new(binary)
            .args(arguments)
            .current_dir(self.path("home"))
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env("HOME", self.path("home"))
            .env("KUBECONFIG", self.path("kubeconfig"))
            .env("HELM_CACHE_HOME", self.path("cache"))
            .env("HELM_CONFIG_HOME", self.path("config"))
            .env("HELM_DATA_HOME", self.path("data"))
            .output()
            .unwrap_or_else(|error| panic!("run {}: {error}", binary.display()));
        Outcome::of(&output)
    }

    /// `helm COMMAND calico CHART`, with the post-renderer if `filter` has its arguments.
    pub(crate) fn release(
        &self,
        command: &str,
        chart: &Path,
        options: &[&str],
        filter: Option<&[&str]>,
    ) -> Outcome {
        let mut arguments: Vec<OsString> = [command, "calico"].map(OsString::from).into();
        arguments.push(chart.into());
        arguments.extend(["--namespace", "tigera-operator"].map(OsString::from));
        if command == "install" {
            arguments.push("--create-namespace".into());
        }
        arguments.extend(options.iter().map(OsString::from));
        if let Some(filter) = filter {
            arguments.extend(post_renderer(filter));
        }
        self.run(arguments)
    }

    /// A text without what differs between runs: the sandbox's path and the version of Helm.
    pub(crate) fn normalize(&self, text: &str) -> String {
        let root = self.root.path().to_str().expect("a UTF-8 path");
        text.replace(root, "[SANDBOX]")
            .replace(self.helm.version, "[HELM]")
    }
}

/// `--post-renderer helm-postrender`, and each of its arguments.
pub(crate) fn post_renderer<A: AsRef<OsStr>>(filter: &[A]) -> Vec<OsString> {
    let mut arguments = ["--post-renderer", "helm-postrender"]
        .map(OsString::from)
        .to_vec();
    for argument in filter {
        arguments.extend(["--post-renderer-args".into(), argument.as_ref().to_owned()]);
    }
    arguments
}

fn kubeconfig(server: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
         clusters: [{{name: test, cluster: {{server: \"{server}\"}}}}]\n\
         contexts: [{{name: test, context: {{cluster: test, user: test}}}}]\n\
         users: [{{name: test, user: {{token: test}}}}]\n"
    )
}
