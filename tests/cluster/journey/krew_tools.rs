//! Real krew, and the program by which its index judges a manifest, built by `scripts/build-krew`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calico_test_support::repository;

use crate::needs::{NO_GO, or_skip};

pub(super) struct Krew {
    pub(super) program: PathBuf,
    pub(super) validator: PathBuf,
}

impl Krew {
    /// `None` where there cannot be one: the test, which is to return then, is skipped.
    #[track_caller]
    pub(super) fn built() -> Option<Self> {
        let output = Command::new(repository().join("scripts/build-krew"))
            .stderr(Stdio::inherit())
            .output()
            .expect("scripts/build-krew starts");
        let folder = match output.status.code() {
            Some(0) => Some(String::from_utf8(output.stdout).expect("a path")),
            Some(NO_GO) => None,
            _ => panic!("no krew; the reason is above"),
        };
        let folder = or_skip(folder, "krew")?;
        let folder = Path::new(folder.trim_end());
        Some(Self {
            program: folder.join("krew"),
            validator: folder.join("validate-krew-manifest"),
        })
    }
}

#[test]
fn a_machine_without_go_is_told_how_to_get_it() {
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
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(NO_GO), "{said}");
    assert!(
        said.contains("no Go is on PATH") && said.contains("https://go.dev/dl"),
        "{said}"
    );
}
