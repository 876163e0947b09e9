//! How the server's certificate is verified. It is for 127.0.0.1 and api.example.test.

use super::loopback::authority::Authority;
use super::loopback::cluster::FakeCluster;
use super::loopback::sandbox::{base64, kubeconfig};

const INSECURE: &str = "insecure-skip-tls-verify: true";
const SIGNED: &str = "certificate-authority: ../ca.crt";
const UNSIGNED: &str = "certificate-authority: ../other.crt";

async fn start() -> FakeCluster {
    let cluster = FakeCluster::start().await;
    cluster.sandbox.write("other.crt", &Authority::new().pem());
    cluster
}

/// Whether the server receives a request, with these fields of the kubeconfig's cluster and these flags.
async fn connects(cluster: &FakeCluster, fields: &str, flags: &str) -> bool {
    let server = format!("server: 'https://{}', {fields}", cluster.server.address);
    cluster.sandbox.kubeconfig(&kubeconfig(&server, "token: t"));
    let flags: Vec<&str> = flags.split_whitespace().collect();
    !cluster.both(&flags).await.tls.is_empty()
}

#[tokio::test]
async fn the_authority() {
    let cluster = start().await;
    let data = base64(&cluster.authority.pem());
    for (fields, expected) in [
        (SIGNED, true),
        (&format!("certificate-authority-data: {data}"), true),
        (INSECURE, true),
        (UNSIGNED, false),
        ("", false),
        ("certificate-authority: ../missing", false),
        ("certificate-authority-data: AAAA", false),
        (&format!("{SIGNED}, {INSECURE}"), false),
    ] {
        assert_eq!(connects(&cluster, fields, "").await, expected, "{fields}");
    }
}

#[tokio::test]
async fn the_name() {
    let cluster = start().await;
    let server = format!("--server=https://{}", cluster.server.address);
    let flag = |name: &str| format!("--tls-server-name={name}");
    let (right, wrong) = ("api.example.test", "other.example.test");
    for (name, flags, expected) in [
        (right, "", true),
        (wrong, "", false),
        (wrong, &*flag(right), true),
        (right, &flag(wrong), false),
        // The name belongs to the kubeconfig's server, which --server replaces.
        (wrong, &server, true),
        (right, &format!("{server} {}", flag(wrong)), false),
    ] {
        let fields = format!("{SIGNED}, tls-server-name: {name}");
        let connects = connects(&cluster, &fields, flags).await;
        assert_eq!(connects, expected, "{name} {flags}");
    }
}

#[tokio::test]
async fn flags() {
    let cluster = start().await;
    let insecure = "--insecure-skip-tls-verify";
    let authority = |file| format!("--certificate-authority={}", cluster.sandbox.path(file));
    let (right, wrong) = (authority("ca.crt"), authority("other.crt"));
    for (fields, flags, expected) in [
        (UNSIGNED, insecure, true),
        (UNSIGNED, "--insecure-skip-tls-verify=true", true),
        (UNSIGNED, "--insecure-skip-tls-verify=false", false),
        (UNSIGNED, &right, true),
        (SIGNED, &wrong, false),
        (INSECURE, &right, true),
        (INSECURE, &wrong, false),
        (SIGNED, &format!("{right} {insecure}"), false),
    ] {
        let connects = connects(&cluster, fields, flags).await;
        assert_eq!(connects, expected, "{fields} {flags}");
    }
}
