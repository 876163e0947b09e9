//! krew, and the program with which its index validates manifests, built by `scripts/build-krew`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calico_test_support::repository;

use crate::needs::{NO_GO, or_skip};

pub(super) struct Krew {
    pub(super) program: PathBuf,
    pub(super) validator: PathBuf,
}

impl Krew {
    /// Builds krew. `None` if that is impossible: the test is skipped, and must return.
    #[track_caller]
    pub(super) fn built() -> Option<Self> {
        let output = Command::new(repository().join("scripts/build-krew"))
            .stderr(Stdio::inherit())
            .output()
            .expect("scripts/build-krew starts");
        let path = match output.status.code() {
            Some(0) => Some(String::from_utf8(output.stdout).expect("a path")),
            Some(NO_GO) => None,
            _ => panic!("no krew; the message above has the reason"),
        };
        let path = or_skip(path, "krew")?;
        let folder = Path::new(path.trim_end());
        Some(Self {
            program: folder.join("krew"),
            validator: folder.join("validate-krew-manifest"),
        })
    }
}

#[test]
fn the_message_without_go_says_how_to_get_it() {
    let python = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .unwrap();
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(String::from_utf8(python.stdout).unwrap().trim())
        .arg(repository().join("scripts/build-krew"))
        .env_clear()
        .env("PATH", empty.path())
        .env("KUBECTL_CALICO_CACHE", empty.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(NO_GO), "{message}");
    assert!(
        message.contains("no Go is on PATH") && message.contains("https://go.dev/dl"),
        "{message}"
    );
}
