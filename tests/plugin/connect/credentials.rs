//! Tokens, passwords and client certificates.

use super::loopback::cluster::Cluster;
use super::loopback::world::{base64, kubeconfig};

#[tokio::test]
async fn tokens() {
    let cluster = Cluster::start().await;
    cluster.world.write("token", "from-file\n");
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
    let cluster = Cluster::start().await;
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

/// Where kubectl would send another one or none, what was asked for is sent all the same.
#[tokio::test]
async fn a_token_as_a_flag_is_always_sent() {
    let cluster = Cluster::start().await;
    cluster.world.write("token", "from-file");
    for (user, from_kubectl) in [
        ("tokenFile: ../token", Some("Bearer from-file")),
        ("username: me, password: x", None),
    ] {
        cluster.user(user);
        cluster.world.kubectl(&["--token=new"]).await;
        let arrived = cluster.arrived().tls;
        let sent = arrived.first().map(|seen| seen.header("authorization"));
        assert_eq!(sent, from_kubectl.map(|token| vec![token]), "{user}");
        let server = cluster.world.connect(&["--token=new"]).await.unwrap();
        server.get("/version").await.unwrap();
        let sent = cluster.arrived().tls;
        assert_eq!(sent[0].header("authorization"), ["Bearer new"], "{user}");
    }
}

#[tokio::test]
async fn client_certificates() {
    let cluster = Cluster::start().await;
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
        cluster.world.path("client.crt"),
        cluster.world.path("client.key"),
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

/// A bearer token on a plain connection is anybody's.
#[tokio::test]
async fn plain_http_carries_no_credentials() {
    let cluster = Cluster::start().await;
    let address = cluster.plain.address;
    let plugin = "exec: {command: ../plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}";
    cluster.world.script("plugin", "touch $HOME/ran; exit 1");
    for server in [format!("http://{address}"), address.to_string()] {
        for user in [
            "token: t",
            "username: me, password: x",
            plugin,
            "tokenFile: ../missing",
        ] {
            cluster
                .world
                .kubeconfig(&kubeconfig(&format!("server: '{server}'"), user));
            let arrived = cluster.both(&["--as=jane"]).await;
            assert_eq!(arrived.plain[0].header("authorization"), [""; 0], "{user}");
            assert_eq!(arrived.plain[0].header("impersonate-user"), ["jane"]);
        }
    }
    assert!(!cluster.world.exists("ran"));
    let arrived = cluster.both(&["--token=t"]).await;
    assert_eq!(arrived.plain[0].header("authorization"), [""; 0]);
}

/// kubectl would ask for a user name here; the plugin asks nobody anything.
#[tokio::test]
async fn nobody_in_particular() {
    let cluster = Cluster::start().await;
    for user in ["", "token: ''", "client-key: ../missing"] {
        cluster.user(user);
        let server = cluster.world.connect(&[]).await.unwrap();
        server.get("/version").await.unwrap();
        let seen = &cluster.arrived().tls[0];
        assert_eq!(seen.header("authorization"), [""; 0], "{user}");
        assert_eq!(seen.certificate, None, "{user}");
    }
}
