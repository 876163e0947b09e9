//! helm-postrender in a folder of its own, with a shell script as kubectl-calico: the build may have put the real one
//! next to the real helm-postrender.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::filter::{Ran, run};

pub(crate) const INSTALLATION: &str = "\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec: {}
";

pub(crate) struct StandIn {
    root: TempDir,
}

impl StandIn {
    /// No kubectl-calico anywhere.
    pub(crate) fn missing() -> Self {
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        for folder in ["own", "path"] {
            fs::create_dir(root.path().join(folder)).expect("make a folder");
        }
        let filter = root.path().join("own/helm-postrender");
        fs::hard_link(env!("CARGO_BIN_EXE_helm-postrender"), filter).expect("link the filter");
        Self { root }
    }

    /// A script on PATH.
    pub(crate) fn on_path(script: &str) -> Self {
        let stand_in = Self::missing();
        stand_in.add("path", &format!("#!/bin/sh\n{script}"));
        stand_in
    }

    /// Adds a kubectl-calico to a folder: `path`, or `own` for next to helm-postrender.
    pub(crate) fn add(&self, folder: &str, file: &str) {
        let path = self.path(folder).join("kubectl-calico");
        fs::write(&path, file).expect("write the script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("make it executable");
    }

    /// A path in the folder where everything runs.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// The content of a file that the script wrote, without the last line end.
    pub(crate) fn left(&self, file: &str) -> String {
        let text = fs::read_to_string(self.path(file)).expect("the script wrote the file");
        text.trim_end().to_owned()
    }

    /// helm-postrender with `--from-cluster`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path("own/helm-postrender"));
        let path = format!("{}:/usr/bin:/bin", self.path("path").display());
        command.arg("--from-cluster").args(arguments);
        command
            .current_dir(self.root.path())
            .env_clear()
            .env("PATH", path);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments), INSTALLATION.as_bytes())
    }

    /// The message of a run that is refused, without the name of the folder.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.exit, ran.stdout.len()), (2, 0), "{}", ran.stderr);
        ran.stderr
            .replace(&*self.root.path().to_string_lossy(), "[FOLDER]")
    }

    /// The output of a run that succeeds.
    #[track_caller]
    pub(crate) fn written(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        String::from_utf8(ran.stdout).expect("a stream in UTF-8")
    }
}

/// Whether a process is running.
pub(crate) fn is_alive(pid: &str) -> bool {
    let status = fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}
