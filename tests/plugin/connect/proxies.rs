//! Which proxy is used. Only the proxies know the host name api.example.test.

use super::loopback::cluster::{Arrived, FakeCluster};

const SERVER: &str = "https://api.example.test:6443";
const CONNECT_LINE: &str = "CONNECT api.example.test:6443";

/// The requests with this `proxy-url` in the kubeconfig and these variables.
async fn arrived(
    cluster: &mut FakeCluster,
    proxy_url: &str,
    variables: &[(&str, &str)],
) -> Arrived {
    cluster.user_of(&format!("proxy-url: '{proxy_url}'"), "token: t");
    for (name, value) in variables {
        cluster.sandbox.set(name, value);
    }
    let arrived = cluster.both(&["--server", SERVER]).await;
    for (name, _) in variables {
        cluster.sandbox.unset(name);
    }
    arrived
}

#[tokio::test]
async fn from_the_environment() {
    let mut cluster = FakeCluster::start().await;
    let http = cluster.http.address;
    let (url, bare) = (format!("http://{http}"), http.to_string());
    let with_password = format!("http://me:p%40ss@{http}");
    for (name, value) in [
        ("HTTPS_PROXY", &url),
        ("https_proxy", &url),
        ("HTTPS_PROXY", &bare),
        ("HTTPS_PROXY", &with_password),
    ] {
        let arrived = arrived(&mut cluster, "", &[(name, value)]).await;
        assert_eq!(arrived.http_proxy.len(), 1, "{name}={value}");
        assert_eq!(arrived.http_proxy[0].line, CONNECT_LINE);
        assert_eq!(arrived.tls.len(), 1);
    }
    let socks = format!("socks5://{}", cluster.socks.address);
    let through = arrived(&mut cluster, "", &[("HTTPS_PROXY", &socks)]).await;
    assert_eq!(through.socks_proxy[0].line, CONNECT_LINE);
    // HTTP_PROXY is for servers without TLS.
    let through = arrived(&mut cluster, "", &[("HTTP_PROXY", &url)]).await;
    assert!(through.http_proxy.is_empty() && through.tls.is_empty());
}

#[tokio::test]
async fn a_password_is_sent() {
    let mut cluster = FakeCluster::start().await;
    let url = format!("http://me:p%40ss@{}", cluster.http.address);
    let through = arrived(&mut cluster, &url, &[]).await;
    let sent = through.http_proxy[0].header("proxy-authorization");
    assert_eq!(sent, ["Basic bWU6cEBzcw=="]);
}

#[tokio::test]
async fn no_proxy() {
    let mut cluster = FakeCluster::start().await;
    let url = format!("http://{}", cluster.http.address);
    for (exceptions, direct) in [
        ("example.test", true),
        ("api.example.test:6443", true),
        ("10.0.0.0/8, *", true),
        ("api.example.test:443", false),
        ("other.test, 10.0.0.0/8", false),
    ] {
        for name in ["NO_PROXY", "no_proxy"] {
            let variables = [("HTTPS_PROXY", &*url), (name, exceptions)];
            let arrived = arrived(&mut cluster, "", &variables).await;
            assert_eq!(arrived.http_proxy.is_empty(), direct, "{exceptions}");
        }
    }
}

/// It ignores NO_PROXY, and is also used for a server on loopback.
#[tokio::test]
async fn from_the_kubeconfig() {
    let mut cluster = FakeCluster::start().await;
    let http = format!("http://{}", cluster.http.address);
    let socks = format!("socks5://{}", cluster.socks.address);
    let environment = [("HTTPS_PROXY", &*socks), ("NO_PROXY", "*")];
    let through = arrived(&mut cluster, &http, &environment).await;
    assert_eq!(through.http_proxy[0].line, CONNECT_LINE);
    let through = arrived(&mut cluster, &socks, &[]).await;
    assert_eq!(through.socks_proxy[0].line, CONNECT_LINE);
    for bad in ["ftp://127.0.0.1:1", "127.0.0.1:1", "http://"] {
        assert!(
            arrived(&mut cluster, bad, &[]).await.tls.is_empty(),
            "{bad}"
        );
    }

    cluster.user_of(&format!("proxy-url: '{http}'"), "token: t");
    let through = cluster.both(&[]).await;
    assert_eq!(through.http_proxy.len(), 1);
    let flag = format!("--proxy-url={socks}");
    let through = cluster.both(&["--server", SERVER, &flag]).await;
    assert_eq!(through.socks_proxy[0].line, CONNECT_LINE);
}

#[tokio::test]
async fn a_server_on_loopback_needs_no_proxy() {
    let mut cluster = FakeCluster::start().await;
    cluster
        .sandbox
        .set("HTTPS_PROXY", &format!("http://{}", cluster.http.address));
    cluster.user("token: t");
    let arrived = cluster.both(&[]).await;
    assert_eq!((arrived.http_proxy.len(), arrived.tls.len()), (0, 1));
}
