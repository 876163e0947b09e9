//! Tokens, passwords and client certificates.

use super::loopback::cluster::FakeCluster;
use super::loopback::sandbox::{base64, kubeconfig};

#[tokio::test]
async fn tokens() {
    let cluster = FakeCluster::start().await;
    cluster.sandbox.write("token", "from-file\n");
    for (user, sent) in [
        ("token: secret", &["Bearer secret"][..]),
        ("tokenFile: ../token", &["Bearer from-file"]),
        ("token: old, tokenFile: ../token", &["Bearer from-file"]),
        ("token: old, tokenFile: ../missing", &["Bearer old"]),
        ("username: me, password: 'x:y'", &["Basic bWU6eDp5"]),
        ("username: me", &["Basic bWU6"]),
    ] {
        cluster.user(user);
        let arrived = cluster.both(&[]).await;
        assert_eq!(arrived.tls[0].header("authorization"), sent, "{user}");
    }
    for user in [
        "tokenFile: ../missing",
        "token: secret, username: me, password: x",
        "auth-provider: {name: gcp}",
    ] {
        cluster.user(user);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{user}");
    }
}

#[tokio::test]
async fn a_token_as_a_flag() {
    let cluster = FakeCluster::start().await;
    for user in [
        "token: old",
        "exec: {command: 'false', apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}",
        "client-certificate: ../client.crt, client-key: ../client.key",
    ] {
        cluster.user(user);
        let arrived = cluster.both(&["--token=new"]).await;
        assert_eq!(
            arrived.tls[0].header("authorization"),
            ["Bearer new"],
            "{user}"
        );
    }
}

/// kubectl would send another token, or none.
#[tokio::test]
async fn a_token_as_a_flag_is_always_sent() {
    let cluster = FakeCluster::start().await;
    cluster.sandbox.write("token", "from-file");
    for (user, from_kubectl) in [
        ("tokenFile: ../token", Some("Bearer from-file")),
        ("username: me, password: x", None),
    ] {
        cluster.user(user);
        cluster.sandbox.kubectl(&["--token=new"]).await;
        let arrived = cluster.arrived().tls;
        let sent = arrived
            .first()
            .map(|request| request.header("authorization"));
        assert_eq!(sent, from_kubectl.map(|token| vec![token]), "{user}");
        let server = cluster.sandbox.connect(&["--token=new"]).await.unwrap();
        server.get("/version").await.unwrap();
        let sent = cluster.arrived().tls;
        assert_eq!(sent[0].header("authorization"), ["Bearer new"], "{user}");
    }
}

#[tokio::test]
async fn client_certificates() {
    let cluster = FakeCluster::start().await;
    let data = format!(
        "client-certificate-data: {}, client-key-data: {}",
        base64(&cluster.client.certificate),
        base64(&cluster.client.key)
    );
    for user in [
        "client-certificate: ../client.crt, client-key: ../client.key",
        &data,
    ] {
        cluster.user(user);
        let arrived = cluster.both(&[]).await;
        assert_eq!(
            arrived.tls[0].certificate.as_deref(),
            Some(&*cluster.client.der()),
            "{user}"
        );
    }
    for user in [
        "client-certificate: ../client.crt",
        "client-certificate: ../missing, client-key: ../client.key",
    ] {
        cluster.user(user);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{user}");
    }
    let (certificate, key) = (
        cluster.sandbox.path("client.crt"),
        cluster.sandbox.path("client.key"),
    );
    let flags = ["--client-certificate", &certificate, "--client-key", &key];
    for user in [&data, "token: secret"] {
        cluster.user(user);
        assert!(
            cluster.both(&flags).await.tls[0].certificate.is_some(),
            "{user}"
        );
    }
}

/// Anyone could read them.
#[tokio::test]
async fn plain_http_carries_no_credentials() {
    let cluster = FakeCluster::start().await;
    let address = cluster.plain.address;
    let plugin = "exec: {command: ../plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}";
    cluster.sandbox.script("plugin", "touch $HOME/ran; exit 1");
    for server in [format!("http://{address}"), address.to_string()] {
        for user in [
            "token: t",
            "username: me, password: x",
            plugin,
            "tokenFile: ../missing",
        ] {
            cluster
                .sandbox
                .kubeconfig(&kubeconfig(&format!("server: '{server}'"), user));
            let arrived = cluster.both(&["--as=jane"]).await;
            assert_eq!(arrived.plain[0].header("authorization"), [""; 0], "{user}");
            assert_eq!(arrived.plain[0].header("impersonate-user"), ["jane"]);
        }
    }
    assert!(!cluster.sandbox.exists("ran"));
    let arrived = cluster.both(&["--token=t"]).await;
    assert_eq!(arrived.plain[0].header("authorization"), [""; 0]);
}

/// kubectl would prompt for a user name.
#[tokio::test]
async fn no_credentials() {
    let cluster = FakeCluster::start().await;
    for user in ["", "token: ''", "client-key: ../missing"] {
        cluster.user(user);
        let server = cluster.sandbox.connect(&[]).await.unwrap();
        server.get("/version").await.unwrap();
        let request = &cluster.arrived().tls[0];
        assert_eq!(request.header("authorization"), [""; 0], "{user}");
        assert_eq!(request.certificate, None, "{user}");
    }
}
