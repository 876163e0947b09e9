//! In a pod, the service account replaces a kubeconfig.

use super::loopback::cluster::FakeCluster;
use super::loopback::sandbox::kubeconfig;

/// A pod in the cluster, with the token `pod`.
async fn pod() -> FakeCluster {
    let mut cluster = FakeCluster::start().await;
    let address = cluster.server.address;
    let sandbox = &mut cluster.sandbox;
    sandbox.write("serviceaccount/token", "pod\n");
    sandbox.write("serviceaccount/ca.crt", &cluster.authority.pem());
    sandbox.set("KUBERNETES_SERVICE_HOST", &address.ip().to_string());
    sandbox.set("KUBERNETES_SERVICE_PORT", &address.port().to_string());
    cluster
}

async fn authorization(cluster: &FakeCluster, flags: &[&str]) -> String {
    let server = cluster.sandbox.connect(flags).await.unwrap();
    server.get("/version").await.unwrap();
    cluster.arrived().tls[0].header("authorization").join(" ")
}

#[tokio::test]
async fn the_service_account_is_used() {
    let cluster = pod().await;
    assert_eq!(authorization(&cluster, &[]).await, "Bearer pod");
    assert_eq!(
        authorization(&cluster, &["--token=mine"]).await,
        "Bearer mine"
    );
    // A kubeconfig without a current context is ignored.
    cluster
        .sandbox
        .kubeconfig("contexts: [{name: a, context: {cluster: a}}]");
    assert_eq!(authorization(&cluster, &[]).await, "Bearer pod");
    assert_eq!(cluster.sandbox.connect(&[]).await.unwrap().context(), None);
}

#[tokio::test]
async fn a_kubeconfig_precedes_the_service_account() {
    let cluster = pod().await;
    cluster.user("token: file");
    assert_eq!(authorization(&cluster, &[]).await, "Bearer file");
    let server = cluster.sandbox.connect(&[]).await.unwrap();
    assert_eq!(server.context(), Some("here"));
}

#[tokio::test]
async fn a_token_is_not_sent_to_another_server() {
    let cluster = pod().await;
    let server = format!("https://{}", cluster.server.address);
    let flags = ["--server", &server, "--insecure-skip-tls-verify"];
    assert_eq!(authorization(&cluster, &flags).await, "");
}

#[tokio::test]
async fn without_a_token_the_service_account_is_ignored() {
    let cluster = pod().await;
    cluster.sandbox.remove("serviceaccount/token");
    assert!(cluster.sandbox.connect(&[]).await.is_err());
}

#[tokio::test]
async fn the_address_may_be_ipv6() {
    let mut cluster = pod().await;
    cluster.sandbox.unset("KUBERNETES_SERVICE_HOST");
    cluster.sandbox.set("KUBERNETES_SERVICE_HOST", "fd00::1");
    cluster.sandbox.unset("KUBERNETES_SERVICE_PORT");
    cluster.sandbox.set("KUBERNETES_SERVICE_PORT", "6443");
    let server = cluster.sandbox.connect(&[]).await.unwrap();
    assert_eq!(server.url(), "https://[fd00::1]:6443");
    cluster
        .sandbox
        .kubeconfig(&kubeconfig("server: 'https://[fd00::2]/'", ""));
    let server = cluster.sandbox.connect(&[]).await.unwrap();
    assert_eq!(server.url(), "https://[fd00::2]");
}
