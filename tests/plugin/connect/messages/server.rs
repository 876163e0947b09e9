//! What is said of answers that are of no use.

use calico_test_support::http::Reply;

use super::super::loopback::authority::Authority;
use super::super::loopback::wire::Wire;
use super::super::loopback::world::{World, kubeconfig};
use super::Said;

const HTML: &str = "Content-Type: text/html\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const TEXT: &str = "Content-Type: text/plain\r\n";

/// With this a server is asked once.
const LATER: &str = "Retry-After: 3600\r\n";

/// A page such as a load balancer or a login portal answers with.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sorry</title></head></html>";

const FORBIDDEN: &str = "nodes is forbidden: User \"jane\" cannot list resource \"nodes\" in API \
                         group \"\" at the cluster scope";

#[tokio::test]
async fn of_a_refusal() {
    let long = format!("nodes is forbidden: {}", "\u{1b}[31m".repeat(500));
    let leader = r#"{"kind": "Status", "message": "etcdserver: leader changed"}"#;
    let wait = "Too many requests, please try again later.\n";
    for_each(
        "connect_refusal",
        vec![
            ("401", Reply::failure(401, "Unauthorized", "Unauthorized")),
            ("403", Reply::failure(403, "Forbidden", FORBIDDEN)),
            ("403 at length", Reply::failure(403, "Forbidden", &long)),
            (
                "403 of something else",
                Reply::status("403 Forbidden", HTML, PAGE),
            ),
            (
                "404",
                Reply::failure(404, "NotFound", "nodes \"x\" not found"),
            ),
            (
                "404 of a kind",
                Reply::status("404 Not Found", TEXT, "404 page not found\n"),
            ),
            (
                "404 of something else",
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
async fn of_an_answer() {
    let place = "Location: https://login.example.test/\r\n";
    for_each(
        "connect_answer",
        vec![
            ("a page", Reply::status("200 OK", HTML, PAGE)),
            (
                "a page with a failure",
                Reply::status("418 I'm a teapot", HTML, PAGE),
            ),
            ("a text", Reply::status("200 OK", "", "ok")),
            ("nothing", Reply::status("200 OK", "", "")),
            ("another place", Reply::status("302 Found", place, "")),
            ("cut JSON", Reply::status("200 OK", JSON, r#"{"items": ["#)),
        ],
    )
    .await;
}

/// Notes what is said where a server gives each of these replies.
async fn for_each(name: &str, replies: Vec<(&str, Reply)>) {
    let mut said = Said::default();
    let world = World::new();
    for (situation, reply) in replies {
        let Reply::Whole(text) = reply else {
            panic!("{situation}: a whole reply");
        };
        let wire = Wire::start(move |_| Reply::Whole(text.clone())).await;
        said.when(situation, &world, &format!("--server={}", wire.url()))
            .await;
    }
    said.compare(name);
}

#[tokio::test]
async fn of_a_server_that_stays_busy() {
    let mut said = Said::default();
    let busy = || {
        Reply::status(
            "503 Service Unavailable",
            "Retry-After: 0\r\n",
            "no endpoints",
        )
    };
    let wire = Wire::start(move |_| busy()).await;
    said.when(
        "503 again and again",
        &World::new(),
        &format!("--server={}", wire.url()),
    )
    .await;
    said.compare("connect_busy");
}

#[tokio::test]
async fn of_credentials_that_do_not_count() {
    let mut said = Said::default();
    let mut world = World::new();
    let authority = Authority::new();
    let tls = authority.server(&authority.sign(&["127.0.0.1"]));
    let no = |_| Reply::failure(401, "Unauthorized", "Unauthorized");
    let wire = Wire::start_tls(tls, no).await;
    let server = format!(
        "server: 'https://{}', insecure-skip-tls-verify: true",
        wire.address
    );
    world.kubeconfig(&kubeconfig(&server, "token: s3cret"));
    said.when("a user", &world, "").await;
    said.when("a token", &world, "--token=s3cret").await;
    world.kubeconfig(&kubeconfig(&server, "").replace("user: u", "user: absent"));
    said.when("nobody", &world, "").await;
    world.remove(".kube/config");
    world.write("serviceaccount/token", "s3cret");
    world.write("serviceaccount/ca.crt", &authority.pem());
    world.set("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    world.set("KUBERNETES_SERVICE_PORT", &wire.address.port().to_string());
    said.when("a pod", &world, "").await;
    said.compare("connect_401");
}
