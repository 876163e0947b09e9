//! Which proxy, and when none.

use crate::cluster::Cluster;
use crate::world::kubeconfig;

#[tokio::test]
async fn proxies() {
    let mut cluster = Cluster::start().await;
    let (http, socks) = (cluster.http.address, cluster.socks.address);
    let (server, local) = ("https://api.example.test:6443", cluster.server.address);
    let local = format!("https://{local}");
    let (http_url, socks_url) = (format!("http://{http}"), format!("socks5://{socks}"));
    let with_password = format!("http://me:p%40ss@{http}");
    let (no_proxy, https_proxy) = ("NO_PROXY", "HTTPS_PROXY");
    // The server, the kubeconfig's proxy, variables; and by which proxy it is reached, if at all.
    for (server, own, variables, by) in [
        (server, "", &[(https_proxy, &*http_url)][..], "http"),
        (server, "", &[("https_proxy", &http_url)], "http"),
        (server, "", &[(https_proxy, &socks_url)], "socks"),
        (server, "", &[(https_proxy, &http.to_string())], "http"),
        (server, "", &[(https_proxy, &with_password)], "http"),
        (
            server,
            "",
            &[
                (https_proxy, &http_url),
                (no_proxy, "other.test, 10.0.0.0/8"),
            ],
            "http",
        ),
        (
            server,
            "",
            &[(https_proxy, &http_url), (no_proxy, "api.example.test:443")],
            "http",
        ),
        (
            server,
            "",
            &[(https_proxy, &http_url), (no_proxy, "example.test")],
            "",
        ),
        (
            server,
            "",
            &[(https_proxy, &http_url), ("no_proxy", ".example.test")],
            "",
        ),
        (
            server,
            "",
            &[
                (https_proxy, &http_url),
                (no_proxy, "api.example.test:6443"),
            ],
            "",
        ),
        (
            server,
            "",
            &[(https_proxy, &http_url), (no_proxy, "x, *")],
            "",
        ),
        (server, "", &[("HTTP_PROXY", &http_url)], ""),
        (server, &http_url, &[], "http"),
        (server, &socks_url, &[], "socks"),
        (
            server,
            &http_url,
            &[(https_proxy, &socks_url), (no_proxy, "*")],
            "http",
        ),
        (server, "ftp://127.0.0.1:1", &[], ""),
        (server, "127.0.0.1:1", &[], ""),
        (&local, "", &[(https_proxy, &http_url)], "none"),
        (&local, &http_url, &[], "http"),
    ] {
        let fields =
            format!("server: '{server}', certificate-authority: ../ca.crt, proxy-url: '{own}'");
        cluster.world.kubeconfig(&kubeconfig(&fields, "token: t"));
        for (name, value) in variables {
            cluster.world.set(name, value);
        }
        let arrived = cluster.both(&[]).await;
        let asked = format!("CONNECT {}", server.trim_start_matches("https://"));
        let case = format!("{server} {own} {variables:?}");
        assert_eq!(arrived.tls.len(), usize::from(!by.is_empty()), "{case}");
        assert_eq!(
            arrived.http_proxy,
            (by == "http")
                .then_some(asked.clone())
                .into_iter()
                .collect::<Vec<_>>(),
            "{case}"
        );
        assert_eq!(
            arrived.socks_proxy.len(),
            usize::from(by == "socks"),
            "{case}"
        );
        for (name, _) in variables {
            cluster.world.unset(name);
        }
    }
    cluster.world.set(no_proxy, "*");
    cluster.world.kubeconfig(&kubeconfig(
        &format!("server: '{server}', certificate-authority: ../ca.crt"),
        "token: t",
    ));
    let flag = format!("--proxy-url={socks_url}");
    assert_eq!(
        cluster.both(&[&flag]).await.socks_proxy,
        ["CONNECT api.example.test:6443"]
    );
}
