//! Requests and responses.

use calico_test_support::http::Reply;
use kubectl_calico::connect::{RequestError, Server};
use serde_json::{Value, json};

use super::loopback::sandbox::Sandbox;
use super::loopback::server::FakeServer;

async fn server<S>(script: S) -> (FakeServer, Server)
where
    S: Fn(usize) -> Reply + Send + Sync + 'static,
{
    let fake = FakeServer::start(script).await;
    let server = Sandbox::new().connect(&["--server", &fake.url()]).await;
    (fake, server.unwrap())
}

#[tokio::test]
async fn a_request() {
    let (fake, server) = server(|_| Reply::json(r#"{"kind": "NodeList"}"#)).await;
    let path = "/api/v1/nodes?limit=500&continue=a%3D%3D";
    let answer = server.get(path).await.unwrap();
    assert_eq!(answer.body, br#"{"kind": "NodeList"}"#);
    assert_eq!(answer.json::<Value>().unwrap(), json!({"kind": "NodeList"}));
    let request = fake.take_requests().remove(0);
    assert_eq!(request.line, format!("GET {path}"));
    assert_eq!(request.header("accept"), ["application/json"]);
    let agent = concat!("kubectl-calico/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), [agent]);
    assert_eq!(request.header("authorization"), [""; 0]);
    assert_eq!((server.url(), server.context()), (&*fake.url(), None));
}

#[tokio::test]
async fn a_compressed_response_is_decompressed() {
    const GZIP: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 72, 76, 206, 78, 77, 81, 178, 82, 40, 41, 42,
        77, 173, 5, 0, 185, 208, 187, 115, 16, 0, 0, 0,
    ];
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let (_wire, server) = server(move |_| {
        let length = format!("Content-Length: {}\r\n\r\n", GZIP.len());
        Reply::Whole([head.as_bytes(), length.as_bytes(), GZIP].concat())
    })
    .await;
    assert_eq!(
        server.get("/version").await.unwrap().body,
        br#"{"packed": true}"#
    );
}

#[tokio::test]
async fn an_expired_list_returns_the_token_to_continue_with() {
    let expired = |metadata: Value| {
        let status = json!({"kind": "Status", "code": 410, "reason": "Expired",
            "message": "The provided continue parameter is too old", "metadata": metadata});
        let json = "Content-Type: application/json\r\n";
        Reply::status("410 Gone", json, &status.to_string())
    };
    for (metadata, token) in [
        (json!({"continue": "abc"}), Some("abc")),
        (json!({"continue": ""}), None),
        (json!({}), None),
    ] {
        let (_wire, server) = server(move |_| expired(metadata.clone())).await;
        let Err(RequestError::Gone { continue_token, .. }) = server.get("/api/v1/nodes").await
        else {
            panic!("not RequestError::Gone");
        };
        assert_eq!(continue_token.as_deref(), token);
    }
}
