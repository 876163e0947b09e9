//! Timeouts and retries.

use std::time::Duration;

use calico_test_support::http::Reply;
use kubectl_calico::connect::{RequestError, Response, Server};
use tokio::net::TcpListener;

use super::loopback::sandbox::Sandbox;
use super::loopback::server::FakeServer;

const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"items\": [";
const HALF_CHUNK: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"items\": [";

async fn server(address: &str, flags: &[&str]) -> Server {
    let flags = [&["--server", address], flags].concat();
    Sandbox::new().connect(&flags).await.unwrap()
}

/// The result of a GET, and how many requests it took.
async fn get<S>(flags: &[&str], script: S) -> (Result<Response, RequestError>, usize)
where
    S: Fn(usize) -> Reply + Send + Sync + 'static,
{
    let fake = FakeServer::start(script).await;
    let answer = server(&fake.url(), flags).await.get("/version").await;
    (answer, fake.take_requests().len())
}

async fn assert_timeout(half: &'static str) {
    let flags = ["--request-timeout=1500ms"];
    let (answer, requests) = get(&flags, move |_| Reply::Stall(half.into())).await;
    let Err(RequestError::Timeout { limit, .. }) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!((limit, requests), (Duration::from_millis(1500), 1));
}

#[tokio::test]
async fn a_request_times_out() {
    tokio::join!(
        assert_timeout(""),
        assert_timeout(HALF),
        assert_timeout(HALF_CHUNK)
    );
}

/// A third of the timeout is for the connection.
#[tokio::test]
async fn a_handshake_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let flags = ["--request-timeout=1500ms"];
    let server = server(&format!("https://{address}"), &flags).await;
    let message = server.get("/version").await.unwrap_err().to_string();
    assert!(
        message.contains(&format!("{address} does not respond")),
        "{message}"
    );
}

#[tokio::test]
async fn a_broken_connection_is_retried_once() {
    for cut in ["", "HTTP/1.1 200", HALF, HALF_CHUNK] {
        let (answer, requests) = get(&[], move |earlier| match earlier {
            0 => Reply::Cut(cut.into()),
            _ => Reply::json("{}"),
        })
        .await;
        assert_eq!((answer.unwrap().body, requests), (b"{}".to_vec(), 2));
        let (answer, requests) = get(&[], move |_| Reply::Cut(cut.into())).await;
        assert!(
            matches!(answer, Err(RequestError::Connection { .. })),
            "{answer:?}"
        );
        assert_eq!(requests, 2);
    }
}

#[tokio::test]
async fn a_busy_server_is_retried() {
    for status in [
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let (answer, requests) = get(&[], move |earlier| match earlier {
            0 => Reply::status(status, "", ""),
            1 => Reply::status(status, "Retry-After: 0\r\n", ""),
            _ => Reply::json("{}"),
        })
        .await;
        let body = answer.unwrap().body;
        assert_eq!((body, requests), (b"{}".to_vec(), 3), "{status}");
    }
}

/// The delays are in `connect/retry.rs`.
#[tokio::test]
async fn retries_end() {
    for (headers, expected) in [
        ("", 3),
        ("Retry-After: 0\r\n", 6),
        ("Retry-After: 3600\r\n", 1),
    ] {
        let busy = move |_| Reply::status("503 Service Unavailable", headers, "");
        let (answer, requests) = get(&[], busy).await;
        let Err(RequestError::Unavailable { status, tries, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(
            (status.as_u16(), tries, requests),
            (503, expected, expected as usize)
        );
    }
}

#[tokio::test]
async fn a_refusal_is_not_retried() {
    for code in [400, 401, 403, 404, 405, 409, 410, 422, 501] {
        let no = move |_| Reply::failure(code, "Reason", "no");
        let (answer, requests) = get(&[], no).await;
        assert!(answer.is_err());
        assert_eq!(requests, 1, "{code}");
    }
}
