//! `scripts/test-cluster`: where its binaries come from, and that it leaves nothing behind.

use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::api_server::{Cluster, launcher};

/// A folder with the binaries of the shared cluster.
fn folder_with_binaries() -> Option<TempDir> {
    let cluster = Cluster::shared()?;
    let folder = TempDir::new().unwrap();
    symlink(&cluster.apiserver, folder.path().join("kube-apiserver")).unwrap();
    symlink(&cluster.etcd, folder.path().join("etcd")).unwrap();
    Some(folder)
}

/// Whether a server listens at a URL such as `https://127.0.0.1:6443`.
fn listens(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("https://").unwrap()).is_ok()
}

#[track_caller]
fn assert_stops(url: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while listens(url) {
        assert!(Instant::now() < deadline, "{url} still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn binaries_in_kubebuilder_assets_are_used() {
    let Some(folder) = folder_with_binaries() else {
        return;
    };
    let cluster = Cluster::launch(launcher().env("KUBEBUILDER_ASSETS", folder.path())).unwrap();
    assert_eq!(cluster.apiserver, folder.path().join("kube-apiserver"));
    assert_eq!(cluster.etcd, folder.path().join("etcd"));
    cluster.kubectl(["get", "nodes"]).succeeded();
}

#[test]
fn binaries_on_path_are_used() {
    let Some(folder) = folder_with_binaries() else {
        return;
    };
    let path = std::env::var("PATH").unwrap();
    let cluster = Cluster::launch(
        launcher()
            .env_remove("KUBEBUILDER_ASSETS")
            .env("PATH", format!("{}:{path}", folder.path().display())),
    )
    .unwrap();
    assert_eq!(cluster.apiserver, folder.path().join("kube-apiserver"));
    cluster.kubectl(["get", "nodes"]).succeeded();
}

/// `scripts/test-cluster build` without Go and without an earlier build.
fn build(environment: &[(&str, &str)]) -> Output {
    let python = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .unwrap();
    let empty = TempDir::new().unwrap();
    Command::new(String::from_utf8(python.stdout).unwrap().trim())
        .arg(launcher().get_program())
        .arg("build")
        .env_clear()
        .env("PATH", empty.path())
        .env("KUBECTL_CALICO_CACHE", empty.path())
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn the_message_without_go_says_how_to_get_it() {
    let output = build(&[]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(69), "{message}");
    assert!(message.contains("no Go is on PATH"), "{message}");
    assert!(message.contains("https://go.dev/dl"), "{message}");
    assert!(message.contains("KUBEBUILDER_ASSETS"), "{message}");
}

#[test]
fn kubebuilder_assets_without_the_binaries_is_an_error() {
    let output = build(&[("KUBEBUILDER_ASSETS", "/nowhere")]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("/nowhere"), "{message}");
    assert!(
        message.contains("no kube-apiserver and no etcd"),
        "{message}"
    );
}

#[test]
fn a_dropped_cluster_leaves_nothing_behind() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (url, kubeconfig) = (cluster.url.clone(), cluster.kubeconfig.clone());
    assert!(listens(&url));
    drop(cluster);
    assert!(!listens(&url));
    assert!(!kubeconfig.parent().unwrap().exists());
}

#[cfg(target_os = "linux")]
#[test]
fn the_servers_of_a_killed_launcher_stop() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let folder = cluster.kubeconfig.parent().unwrap().to_owned();
    assert!(listens(&cluster.url));
    cluster.launcher.kill().unwrap();
    cluster.launcher.wait().unwrap();
    assert_stops(&cluster.url);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_cluster_can_resume_from_the_data_of_another() {
    let folder = TempDir::new().unwrap();
    let start = |data: &Path| Cluster::launch(launcher().arg("--data").arg(data));
    if Cluster::shared().is_none() {
        return;
    }
    let first = start(folder.path()).unwrap();
    first.kubectl(["create", "namespace", "kept"]).succeeded();
    let second = launcher().arg("--data").arg(folder.path()).output();
    let message = String::from_utf8(second.unwrap().stderr).unwrap();
    assert!(
        message.contains("a test cluster is running in"),
        "{message}"
    );
    drop(first);

    let next = start(folder.path()).unwrap();
    next.kubectl(["get", "namespace", "kept"]).succeeded();
    assert!(
        !next
            .received()
            .iter()
            .any(|r| r.verb == "create" && r.uri.contains("/namespaces?")),
        "the audit log has requests of the first run"
    );
}
