//! A pod has no kubeconfig, and its service account instead.

use super::loopback::cluster::Cluster;
use super::loopback::world::kubeconfig;

/// A pod of the cluster, whose token is `pod`.
async fn pod() -> Cluster {
    let mut cluster = Cluster::start().await;
    let address = cluster.server.address;
    let world = &mut cluster.world;
    world.write("serviceaccount/token", "pod\n");
    world.write("serviceaccount/ca.crt", &cluster.authority.pem());
    world.set("KUBERNETES_SERVICE_HOST", &address.ip().to_string());
    world.set("KUBERNETES_SERVICE_PORT", &address.port().to_string());
    cluster
}

async fn authorization(cluster: &Cluster, flags: &[&str]) -> String {
    let server = cluster.world.connect(flags).await.unwrap();
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
    // A kubeconfig that leads nowhere changes nothing.
    cluster
        .world
        .kubeconfig("contexts: [{name: a, context: {cluster: a}}]");
    assert_eq!(authorization(&cluster, &[]).await, "Bearer pod");
    assert_eq!(cluster.world.connect(&[]).await.unwrap().context(), None);
}

#[tokio::test]
async fn a_kubeconfig_goes_before_it() {
    let cluster = pod().await;
    cluster.user("token: file");
    assert_eq!(authorization(&cluster, &[]).await, "Bearer file");
    let server = cluster.world.connect(&[]).await.unwrap();
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
async fn without_a_token_this_is_no_pod() {
    let cluster = pod().await;
    cluster.world.remove("serviceaccount/token");
    assert!(cluster.world.connect(&[]).await.is_err());
}

#[tokio::test]
async fn the_address_may_be_of_ipv6() {
    let mut cluster = pod().await;
    cluster.world.unset("KUBERNETES_SERVICE_HOST");
    cluster.world.set("KUBERNETES_SERVICE_HOST", "fd00::1");
    cluster.world.unset("KUBERNETES_SERVICE_PORT");
    cluster.world.set("KUBERNETES_SERVICE_PORT", "6443");
    let server = cluster.world.connect(&[]).await.unwrap();
    assert_eq!(server.url(), "https://[fd00::1]:6443");
    cluster
        .world
        .kubeconfig(&kubeconfig("server: 'https://[fd00::2]/'", ""));
    let server = cluster.world.connect(&[]).await.unwrap();
    assert_eq!(server.url(), "https://[fd00::2]");
}
