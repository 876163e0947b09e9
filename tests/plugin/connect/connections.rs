//! How many connections the requests of a run take.

use std::net::SocketAddr;

use futures_util::future::join_all;
use kubectl_calico::connect::{RequestError, Server};

use super::loopback::authority::Authority;
use super::loopback::counting::CountingServer;
use super::loopback::proxy::{Proxy, ProxyKind};
use super::loopback::sandbox::{Sandbox, kubeconfig};

const H2: &[&str] = &["h2", "http/1.1"];
const MANY: usize = 40;

/// A server with these protocols, and a client of it.
async fn start(protocols: &[&str], body: Vec<u8>, broken: usize) -> (CountingServer, Server) {
    let authority = Authority::new();
    let identity = authority.sign(&["127.0.0.1"]);
    let tls = authority.server_of(&identity, protocols);
    let counting = CountingServer::start(tls, body, broken).await;
    let server = connect(&authority, counting.address, "", Sandbox::new()).await;
    (counting, server)
}

async fn connect(
    authority: &Authority,
    address: SocketAddr,
    fields: &str,
    sandbox: Sandbox,
) -> Server {
    sandbox.write("ca.crt", &authority.pem());
    let cluster = format!("server: 'https://{address}', certificate-authority: ../ca.crt{fields}");
    sandbox.kubeconfig(&kubeconfig(&cluster, "token: t"));
    sandbox.connect(&[]).await.unwrap()
}

/// One request, then many at the same time.
async fn read_many(server: &Server) {
    server.get("/version").await.unwrap();
    let all = join_all((0..MANY).map(|_| server.get("/version"))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
}

#[tokio::test]
async fn all_requests_share_one_connection() {
    let (counting, server) = start(H2, b"{}".to_vec(), 0).await;
    read_many(&server).await;
    assert_eq!(counting.connections(), 1);
}

#[tokio::test]
async fn a_server_without_http_2_gets_a_limited_number() {
    for protocols in [&[][..], &["http/1.1"]] {
        let (counting, server) = start(protocols, b"{}".to_vec(), 0).await;
        read_many(&server).await;
        let connections = counting.connections();
        assert!((2..=17).contains(&connections), "{connections}");
    }
}

#[tokio::test]
async fn http_2_is_disabled_as_for_kubectl() {
    let authority = Authority::new();
    let tls = authority.server_of(&authority.sign(&["127.0.0.1"]), H2);
    let counting = CountingServer::start(tls, b"{}".to_vec(), 0).await;
    let mut sandbox = Sandbox::new();
    sandbox.set("DISABLE_HTTP2", "true");
    let server = connect(&authority, counting.address, "", sandbox).await;
    read_many(&server).await;
    assert!(counting.connections() > 1);
}

#[tokio::test]
async fn one_connection_through_a_proxy() {
    let authority = Authority::new();
    let tls = authority.server_of(&authority.sign(&["127.0.0.1"]), H2);
    let counting = CountingServer::start(tls, b"{}".to_vec(), 0).await;
    let proxy = Proxy::start(ProxyKind::Http, counting.address).await;
    let fields = format!(", proxy-url: 'http://{}'", proxy.address);
    let server = connect(&authority, counting.address, &fields, Sandbox::new()).await;
    read_many(&server).await;
    assert_eq!(
        (counting.connections(), proxy.take_requests().len()),
        (1, 1)
    );
}

/// More responses than are read at the same time, of more than a window each.
#[tokio::test]
async fn responses_that_wait_do_not_block_those_that_are_read() {
    let text = format!("{{{}}}", " ".repeat(5 << 20));
    let (counting, server) = start(H2, text.clone().into_bytes(), 0).await;
    let all = join_all((0..12).map(|_| server.get("/version"))).await;
    for response in all {
        assert_eq!(response.unwrap().body.len(), text.len());
    }
    assert!(counting.connections() <= 12);
}

#[tokio::test]
async fn a_broken_connection_is_replaced_once() {
    let (counting, server) = start(H2, b"{}".to_vec(), 1).await;
    read_many(&server).await;
    assert!(counting.connections() >= 2);
    let (_counting, server) = start(H2, b"{}".to_vec(), usize::MAX).await;
    server.get("/version").await.unwrap();
    let error = server.get("/version").await;
    // The second connection answers its first request.
    error.unwrap();
    let all = join_all((0..2).map(|_| server.get("/version"))).await;
    for error in all.into_iter().filter_map(Result::err) {
        let RequestError::Connection { why, .. } = error else {
            panic!("{error:?}");
        };
        assert!(why.starts_with("the connection to 127.0.0.1:"), "{why}");
        assert!(why.ends_with(" was lost"), "{why}");
    }
}
