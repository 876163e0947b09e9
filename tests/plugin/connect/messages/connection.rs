//! Messages about connections that fail or break.

use std::net::SocketAddr;

use calico_test_support::http::Reply;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::loopback::authority::Authority;
use super::super::loopback::cluster::FakeCluster;
use super::super::loopback::proxy::{Proxy, ProxyKind};
use super::super::loopback::sandbox::Sandbox;
use super::super::loopback::server::FakeServer;
use super::Messages;

const FAR: &str = "--server=https://api.example.test:6443";

/// An address on which no server listens.
async fn unused_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// The address of a server that sends first, which no HTTP or TLS server does.
async fn server_with_greeting(greeting: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(greeting).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    address
}

#[tokio::test]
async fn connections() {
    let mut messages = Messages::default();
    let sandbox = Sandbox::new();
    messages
        .add(
            "no server listens",
            &sandbox,
            &format!("--server=https://me:s3cret@{}", unused_address().await),
        )
        .await;
    messages.add("the host does not exist", &sandbox, FAR).await;
    let silent = FakeServer::start(|_| Reply::Stall(Vec::new())).await;
    messages
        .add(
            "no response",
            &sandbox,
            &format!("--server={} --request-timeout=1", silent.url()),
        )
        .await;
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
    let cut = FakeServer::start(|_| Reply::Cut(half.into())).await;
    messages
        .add(
            "half a response",
            &sandbox,
            &format!("--server={}", cut.url()),
        )
        .await;
    let closed = FakeServer::start(|_| Reply::Cut(Vec::new())).await;
    messages
        .add(
            "the connection is closed",
            &sandbox,
            &format!("--server={}", closed.url()),
        )
        .await;
    let noise = server_with_greeting(b"220 smtp.example.test\r\n").await;
    messages
        .add(
            "not an HTTP server",
            &sandbox,
            &format!("--server=http://{noise}"),
        )
        .await;
    messages.assert_snapshot("connect_connection");
}

#[tokio::test]
async fn proxies() {
    let mut messages = Messages::default();
    let sandbox = Sandbox::new();
    let unused = unused_address().await;
    for (situation, status) in [
        (
            "the proxy requires a password",
            "407 Proxy Authentication Required",
        ),
        ("the proxy refuses", "403 Forbidden"),
    ] {
        let proxy = Proxy::start(ProxyKind::Refuse(status), unused).await;
        messages
            .add(
                situation,
                &sandbox,
                &format!("{FAR} --proxy-url=http://me:s3cret@{}", proxy.address),
            )
            .await;
    }
    messages
        .add(
            "no proxy listens",
            &sandbox,
            &format!("{FAR} --proxy-url=http://{unused}"),
        )
        .await;
    messages
        .add(
            "no SOCKS proxy listens",
            &sandbox,
            &format!("{FAR} --proxy-url=socks5://{unused}"),
        )
        .await;
    messages
        .add(
            "the host of the proxy does not exist",
            &sandbox,
            &format!("{FAR} --proxy-url=http://proxy.example.test:3128"),
        )
        .await;
    messages.assert_snapshot("connect_proxy");
}

#[tokio::test]
async fn handshakes() {
    let mut messages = Messages::default();
    let cluster = FakeCluster::start().await;
    cluster.user("token: s3cret");
    let sandbox = &cluster.sandbox;
    let plain = server_with_greeting(b"HTTP/1.0 400 Bad Request\r\n\r\n").await;
    messages
        .add(
            "not a TLS server",
            sandbox,
            &format!("--server=https://{plain}"),
        )
        .await;
    messages
        .add(
            "a TLS server",
            sandbox,
            &format!("--server=http://{}", cluster.server.address),
        )
        .await;
    let other = sandbox.write("other.crt", &Authority::new().pem());
    messages
        .add(
            "an unknown authority",
            sandbox,
            &format!("--certificate-authority={other}"),
        )
        .await;
    messages
        .add(
            "another name",
            sandbox,
            "--tls-server-name=other.example.test",
        )
        .await;
    let proxy = cluster.http.address;
    messages
        .add(
            "another name through a proxy",
            sandbox,
            &format!("--server=https://x.example.test --proxy-url=http://{proxy}"),
        )
        .await;
    let old = cluster.authority.sign_until(&["127.0.0.1"], 2001);
    let old = FakeServer::start_tls(cluster.authority.server(&old), |_| Reply::json("{}")).await;
    messages
        .add(
            "an expired certificate",
            sandbox,
            &format!("--server=https://{}", old.address),
        )
        .await;
    let stranger = Authority::new().sign(&["stranger"]);
    let certificate = sandbox.write("stranger.crt", &stranger.certificate);
    let key = sandbox.write("stranger.key", &stranger.key);
    messages
        .add(
            "a client certificate of another authority",
            sandbox,
            &format!("--client-certificate={certificate} --client-key={key}"),
        )
        .await;
    messages.assert_snapshot("connect_handshake");
}
