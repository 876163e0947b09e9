//! Messages about responses that are errors or are not from an API server.

use calico_test_support::http::Reply;

use super::super::loopback::authority::Authority;
use super::super::loopback::sandbox::{Sandbox, kubeconfig};
use super::super::loopback::server::FakeServer;
use super::Messages;

const HTML: &str = "Content-Type: text/html\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const TEXT: &str = "Content-Type: text/plain\r\n";

/// Prevents a retry.
const LATER: &str = "Retry-After: 3600\r\n";

/// A page as from a load balancer or a login portal.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sorry</title></head></html>";

const FORBIDDEN: &str = "nodes is forbidden: User \"jane\" cannot list resource \"nodes\" in API \
                         group \"\" at the cluster scope";

#[tokio::test]
async fn refusals() {
    let long = format!("nodes is forbidden: {}", "\u{1b}[31m".repeat(500));
    let leader = r#"{"kind": "Status", "message": "etcdserver: leader changed"}"#;
    let wait = "Too many requests, please try again later.\n";
    for_each(
        "connect_refusal",
        vec![
            ("401", Reply::failure(401, "Unauthorized", "Unauthorized")),
            ("403", Reply::failure(403, "Forbidden", FORBIDDEN)),
            (
                "403 with a long message",
                Reply::failure(403, "Forbidden", &long),
            ),
            (
                "403 from something else",
                Reply::status("403 Forbidden", HTML, PAGE),
            ),
            (
                "404",
                Reply::failure(404, "NotFound", "nodes \"x\" not found"),
            ),
            (
                "404 without a Status",
                Reply::status("404 Not Found", TEXT, "404 page not found\n"),
            ),
            (
                "404 from something else",
                Reply::status("404 Not Found", HTML, PAGE),
            ),
            (
                "410",
                Reply::failure(410, "Expired", "The provided continue parameter is too old"),
            ),
            (
                "422",
                Reply::failure(422, "Invalid", "limit: must not be negative"),
            ),
            ("429", Reply::status("429 Too Many Requests", LATER, wait)),
            (
                "500",
                Reply::status("500 Internal Server Error", LATER, leader),
            ),
            (
                "502",
                Reply::status("502 Bad Gateway", &format!("{LATER}{HTML}"), PAGE),
            ),
            ("503", Reply::status("503 Service Unavailable", LATER, "")),
        ],
    )
    .await;
}

#[tokio::test]
async fn other_responses() {
    let place = "Location: https://login.example.test/\r\n";
    for_each(
        "connect_answer",
        vec![
            ("a page", Reply::status("200 OK", HTML, PAGE)),
            (
                "a page with an error status",
                Reply::status("418 I'm a teapot", HTML, PAGE),
            ),
            ("a text", Reply::status("200 OK", "", "ok")),
            ("an empty body", Reply::status("200 OK", "", "")),
            ("a redirect", Reply::status("302 Found", place, "")),
            ("cut JSON", Reply::status("200 OK", JSON, r#"{"items": ["#)),
        ],
    )
    .await;
}

/// Compares the messages for each of these replies with a snapshot.
async fn for_each(name: &str, replies: Vec<(&str, Reply)>) {
    let mut messages = Messages::default();
    let sandbox = Sandbox::new();
    for (situation, reply) in replies {
        let Reply::Whole(text) = reply else {
            panic!("{situation}: not a whole reply");
        };
        let fake = FakeServer::start(move |_| Reply::Whole(text.clone())).await;
        messages
            .add(situation, &sandbox, &format!("--server={}", fake.url()))
            .await;
    }
    messages.assert_snapshot(name);
}

#[tokio::test]
async fn busy_servers() {
    let mut messages = Messages::default();
    let busy = || {
        Reply::status(
            "503 Service Unavailable",
            "Retry-After: 0\r\n",
            "no endpoints",
        )
    };
    let fake = FakeServer::start(move |_| busy()).await;
    messages
        .add(
            "503 every time",
            &Sandbox::new(),
            &format!("--server={}", fake.url()),
        )
        .await;
    messages.assert_snapshot("connect_busy");
}

#[tokio::test]
async fn rejected_credentials() {
    let mut messages = Messages::default();
    let mut sandbox = Sandbox::new();
    let authority = Authority::new();
    let tls = authority.server(&authority.sign(&["127.0.0.1"]));
    let no = |_| Reply::failure(401, "Unauthorized", "Unauthorized");
    let fake = FakeServer::start_tls(tls, no).await;
    let server = format!(
        "server: 'https://{}', insecure-skip-tls-verify: true",
        fake.address
    );
    sandbox.kubeconfig(&kubeconfig(&server, "token: s3cret"));
    messages.add("a user", &sandbox, "").await;
    messages.add("a token", &sandbox, "--token=s3cret").await;
    sandbox.kubeconfig(&kubeconfig(&server, "").replace("user: u", "user: absent"));
    messages.add("no credentials", &sandbox, "").await;
    sandbox.remove(".kube/config");
    sandbox.write("serviceaccount/token", "s3cret");
    sandbox.write("serviceaccount/ca.crt", &authority.pem());
    sandbox.set("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    sandbox.set("KUBERNETES_SERVICE_PORT", &fake.address.port().to_string());
    messages.add("a pod", &sandbox, "").await;
    messages.assert_snapshot("connect_401");
}
