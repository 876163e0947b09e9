//! The filter with a shell script as its twin, in a folder of its own: the real twin may lie beside the real filter.

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
    /// No twin anywhere.
    pub(crate) fn missing() -> Self {
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        for folder in ["own", "path"] {
            fs::create_dir(root.path().join(folder)).expect("make a folder");
        }
        let filter = root.path().join("own/helm-postrender");
        fs::hard_link(env!("CARGO_BIN_EXE_helm-postrender"), filter).expect("link the filter");
        Self { root }
    }

    /// One on PATH that is this shell script.
    pub(crate) fn on_path(script: &str) -> Self {
        let stand_in = Self::missing();
        stand_in.add("path", &format!("#!/bin/sh\n{script}"));
        stand_in
    }

    /// Another, in `folder`: `path`, or `own` for beside the filter.
    pub(crate) fn add(&self, folder: &str, file: &str) {
        let path = self.path(folder).join("kubectl-calico");
        fs::write(&path, file).expect("write the script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("make it executable");
    }

    /// A path of its folder, where scripts run.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// What a script left in a file, without the end of its last line.
    pub(crate) fn left(&self, file: &str) -> String {
        let text = fs::read_to_string(self.path(file)).expect("the script left the file");
        text.trim_end().to_owned()
    }

    /// The filter with `--from-cluster`.
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

    /// A run that is refused: what it said, without the folder's name.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.exit, ran.stdout.len()), (2, 0), "{}", ran.stderr);
        ran.stderr
            .replace(&*self.root.path().to_string_lossy(), "[FOLDER]")
    }

    /// A run that writes a stream: that stream.
    #[track_caller]
    pub(crate) fn written(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        String::from_utf8(ran.stdout).expect("a stream in UTF-8")
    }
}

/// Whether a process runs.
pub(crate) fn is_alive(pid: &str) -> bool {
    let status = fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}
