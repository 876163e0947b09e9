//! helm-postrender, which another package builds: beside the plugin, where cargo puts both.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The filter, built as the plugin was.
pub(crate) fn filter() -> &'static Path {
    static FILTER: OnceLock<PathBuf> = OnceLock::new();
    FILTER.get_or_init(|| {
        let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-calico"));
        let folder = plugin.parent().unwrap();
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            profile => profile,
        };
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "helm-postrender",
            ])
            .args(["--profile", profile, "--target-dir"])
            .arg(folder.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success());
        folder.join("helm-postrender")
    })
}

/// Runs the filter on a stream.
pub(crate) fn filtered(arguments: &[&str], stream: &str) -> Output {
    let mut child = Command::new(filter())
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that refuses its arguments leaves the stream unread.
    let _ = child.stdin.take().unwrap().write_all(stream.as_bytes());
    child.wait_with_output().unwrap()
}
