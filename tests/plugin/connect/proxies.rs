//! Which proxy, and when none. The name api.example.test is known to the proxies alone.

use super::loopback::cluster::{Arrived, Cluster};

const SERVER: &str = "https://api.example.test:6443";
const ASKED: &str = "CONNECT api.example.test:6443";

/// What arrives with this `proxy-url` in the kubeconfig and these variables.
async fn arrived(cluster: &mut Cluster, own: &str, variables: &[(&str, &str)]) -> Arrived {
    cluster.user_of(&format!("proxy-url: '{own}'"), "token: t");
    for (name, value) in variables {
        cluster.world.set(name, value);
    }
    let arrived = cluster.both(&["--server", SERVER]).await;
    for (name, _) in variables {
        cluster.world.unset(name);
    }
    arrived
}

#[tokio::test]
async fn from_the_environment() {
    let mut cluster = Cluster::start().await;
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
        assert_eq!(arrived.http_proxy[0].line, ASKED);
        assert_eq!(arrived.tls.len(), 1);
    }
    let socks = format!("socks5://{}", cluster.socks.address);
    let through = arrived(&mut cluster, "", &[("HTTPS_PROXY", &socks)]).await;
    assert_eq!(through.socks_proxy[0].line, ASKED);
    // That is for servers without TLS.
    let through = arrived(&mut cluster, "", &[("HTTP_PROXY", &url)]).await;
    assert!(through.http_proxy.is_empty() && through.tls.is_empty());
}

#[tokio::test]
async fn with_its_password() {
    let mut cluster = Cluster::start().await;
    let url = format!("http://me:p%40ss@{}", cluster.http.address);
    let through = arrived(&mut cluster, &url, &[]).await;
    let sent = through.http_proxy[0].header("proxy-authorization");
    assert_eq!(sent, ["Basic bWU6cEBzcw=="]);
}

#[tokio::test]
async fn with_exceptions() {
    let mut cluster = Cluster::start().await;
    let url = format!("http://{}", cluster.http.address);
    for (exceptions, excepted) in [
        ("example.test", true),
        ("api.example.test:6443", true),
        ("10.0.0.0/8, *", true),
        ("api.example.test:443", false),
        ("other.test, 10.0.0.0/8", false),
    ] {
        for name in ["NO_PROXY", "no_proxy"] {
            let variables = [("HTTPS_PROXY", &*url), (name, exceptions)];
            let arrived = arrived(&mut cluster, "", &variables).await;
            assert_eq!(arrived.http_proxy.is_empty(), excepted, "{exceptions}");
        }
    }
}

/// Whatever the exceptions say, and wherever the server is.
#[tokio::test]
async fn from_the_kubeconfig() {
    let mut cluster = Cluster::start().await;
    let http = format!("http://{}", cluster.http.address);
    let socks = format!("socks5://{}", cluster.socks.address);
    let environment = [("HTTPS_PROXY", &*socks), ("NO_PROXY", "*")];
    let through = arrived(&mut cluster, &http, &environment).await;
    assert_eq!(through.http_proxy[0].line, ASKED);
    let through = arrived(&mut cluster, &socks, &[]).await;
    assert_eq!(through.socks_proxy[0].line, ASKED);
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
    assert_eq!(through.socks_proxy[0].line, ASKED);
}

#[tokio::test]
async fn never_for_this_machine() {
    let mut cluster = Cluster::start().await;
    cluster
        .world
        .set("HTTPS_PROXY", &format!("http://{}", cluster.http.address));
    cluster.user("token: t");
    let arrived = cluster.both(&[]).await;
    assert_eq!((arrived.http_proxy.len(), arrived.tls.len()), (0, 1));
}
