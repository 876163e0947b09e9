//! What is said of connections that do not come about, or break.

use std::net::SocketAddr;

use calico_test_support::http::Reply;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::loopback::authority::Authority;
use super::super::loopback::cluster::Cluster;
use super::super::loopback::proxy::{Manner, Proxy};
use super::super::loopback::wire::Wire;
use super::super::loopback::world::World;
use super::Said;

const FAR: &str = "--server=https://api.example.test:6443";

/// An address where nobody listens.
async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// The address of a server that speaks first, as one that is not HTTP or TLS does.
async fn greets(greeting: &'static [u8]) -> SocketAddr {
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
async fn of_a_connection() {
    let mut said = Said::default();
    let world = World::new();
    let flags = format!("--server=https://me:s3cret@{}", free().await);
    said.when("nobody is there", &world, &flags).await;
    said.when("no such name", &world, FAR).await;
    let silent = Wire::start(|_| Reply::Stall(Vec::new())).await;
    let flags = format!("--server={} --request-timeout=1", silent.url());
    said.when("no answer", &world, &flags).await;
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
    let cut = Wire::start(|_| Reply::Cut(half.into())).await;
    let flags = format!("--server={}", cut.url());
    said.when("half an answer", &world, &flags).await;
    let closed = Wire::start(|_| Reply::Cut(Vec::new())).await;
    let flags = format!("--server={}", closed.url());
    said.when("no word", &world, &flags).await;
    let noise = greets(b"220 smtp.example.test\r\n").await;
    let flags = format!("--server=http://{noise}");
    said.when("no HTTP there", &world, &flags).await;
    said.compare("connect_connection");
}

#[tokio::test]
async fn of_a_proxy() {
    let mut said = Said::default();
    let world = World::new();
    let free = free().await;
    for (situation, status) in [
        (
            "it asks for a password",
            "407 Proxy Authentication Required",
        ),
        ("it refuses", "403 Forbidden"),
    ] {
        let proxy = Proxy::start(Manner::Refuse(status), free).await;
        let flags = format!("{FAR} --proxy-url=http://me:s3cret@{}", proxy.address);
        said.when(situation, &world, &flags).await;
    }
    let flags = format!("{FAR} --proxy-url=http://{free}");
    said.when("it is gone", &world, &flags).await;
    let flags = format!("{FAR} --proxy-url=socks5://{free}");
    said.when("it is gone, and one of SOCKS", &world, &flags)
        .await;
    let flags = format!("{FAR} --proxy-url=http://proxy.example.test:3128");
    said.when("it has no such name", &world, &flags).await;
    said.compare("connect_proxy");
}

#[tokio::test]
async fn of_a_handshake() {
    let mut said = Said::default();
    let cluster = Cluster::start().await;
    cluster.user("token: s3cret");
    let world = &cluster.world;
    let plain = greets(b"HTTP/1.0 400 Bad Request\r\n\r\n").await;
    let flags = format!("--server=https://{plain}");
    said.when("no TLS there", world, &flags).await;
    let flags = format!("--server=http://{}", cluster.server.address);
    said.when("TLS there", world, &flags).await;
    let other = world.write("other.crt", &Authority::new().pem());
    let flags = format!("--certificate-authority={other}");
    said.when("an unknown authority", world, &flags).await;
    said.when(
        "another name",
        world,
        "--tls-server-name=other.example.test",
    )
    .await;
    let proxy = cluster.http.address;
    let flags = format!("--server=https://x.example.test --proxy-url=http://{proxy}");
    said.when("another name through a proxy", world, &flags)
        .await;
    let old = cluster.authority.sign_until(&["127.0.0.1"], 2001);
    let old = Wire::start_tls(cluster.authority.server(&old), |_| Reply::json("{}")).await;
    let flags = format!("--server=https://{}", old.address);
    said.when("a certificate of long ago", world, &flags).await;
    let stranger = Authority::new().sign(&["stranger"]);
    let certificate = world.write("stranger.crt", &stranger.certificate);
    let key = world.write("stranger.key", &stranger.key);
    let flags = format!("--client-certificate={certificate} --client-key={key}");
    said.when("a stranger's client certificate", world, &flags)
        .await;
    said.compare("connect_handshake");
}
