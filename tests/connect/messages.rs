//! Every message that a person can meet, in one place.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::authority::Authority;
use crate::cluster::Cluster;
use crate::proxies::{Manner, Proxy};
use crate::wire::{Reply, Wire};
use crate::world::{World, base64, kubeconfig};

/// A page such as a load balancer or a login portal answers with.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>";

/// Situations with what is said in them, as text to be read in one go.
#[derive(Default)]
struct Said(String);

impl Said {
    /// Notes what connecting, or else a GET of the cluster's nodes, comes to.
    async fn note(&mut self, situation: &str, world: &World, arguments: &[&str]) {
        let error = match world.connect(arguments).await {
            Err(error) => error.to_string(),
            Ok(server) => match server.get("/api/v1/nodes?limit=500").await {
                Err(error) => error.to_string(),
                Ok(answer) => match answer.json::<serde_json::Value>() {
                    Err(error) => error.to_string(),
                    Ok(_) => panic!("{situation}: there is an answer"),
                },
            },
        };
        assert!(!error.contains("s3cret"), "{situation}: {error}");
        let error = error.replace(&world.path(""), "~/");
        writeln!(self.0, "{situation}\n    {error}\n").unwrap();
    }

    /// The text without the ports, which differ from run to run.
    fn text(self) -> String {
        let mut parts = self.0.split("127.0.0.1:");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            text + "127.0.0.1:PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit())
        })
    }
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
async fn of_a_kubeconfig() {
    let mut said = Said::default();
    let mut world = World::new();
    said.note("no kubeconfig", &world, &[]).await;
    world.set("KUBECONFIG", &[world.path("a"), world.path("b")].join(":"));
    said.note("no file of $KUBECONFIG", &world, &[]).await;
    world.unset("KUBECONFIG");
    let absent = world.path("absent");
    said.note(
        "--kubeconfig without a file",
        &world,
        &["--kubeconfig", &absent],
    )
    .await;
    let folder = world.path("");
    said.note(
        "--kubeconfig with a folder",
        &world,
        &["--kubeconfig", &folder],
    )
    .await;
    world.kubeconfig("users:\n- name: u\n  user: {token: s3cret, token: s3cret\n");
    said.note("not YAML", &world, &[]).await;
    world.kubeconfig("users:\n- name: u\n  user: {token: [s3cret]}\n");
    said.note("not a kubeconfig", &world, &[]).await;
    world.kubeconfig("current-context: ''\ncontexts: []\n");
    said.note("nothing in it", &world, &[]).await;
    world.kubeconfig("contexts: [{name: a}, {name: b}]\n");
    said.note("no current context", &world, &[]).await;
    world.kubeconfig("current-context: gone\ncontexts: [{name: a}, {name: \"b\\e[2J\"}]\n");
    said.note("an unknown current context", &world, &[]).await;
    said.note("an unknown context", &world, &["--context=prod"])
        .await;
    world.kubeconfig(&kubeconfig(
        "server: 'https://127.0.0.1:1'",
        "token: s3cret",
    ));
    said.note("an unknown cluster", &world, &["--cluster=x"])
        .await;
    said.note("an unknown user", &world, &["--user=x"]).await;
    world.kubeconfig(&kubeconfig("", "token: s3cret"));
    said.note("a cluster without a server", &world, &[]).await;
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("connect_kubeconfig", said.text());
    });
}

#[tokio::test]
async fn of_flags_and_credentials() {
    let mut said = Said::default();
    let mut world = World::new();
    let server = "--server=https://127.0.0.1:1";
    said.note(
        "a bad server",
        &world,
        &["--server=https://me:s3cret@host:port"],
    )
    .await;
    said.note(
        "a server of another kind",
        &world,
        &["--server=unix:///run/api.sock"],
    )
    .await;
    said.note(
        "a bad proxy",
        &world,
        &[server, "--proxy-url=ftp://me:s3cret@proxy"],
    )
    .await;
    world.set("HTTPS_PROXY", "ftp://me:s3cret@proxy");
    said.note(
        "a bad proxy in the environment",
        &world,
        &["--server=https://10.0.0.1"],
    )
    .await;
    world.unset("HTTPS_PROXY");
    said.note("groups without a user", &world, &[server, "--as-group=g"])
        .await;
    said.note("a name that cannot be sent", &world, &[server, "--as=a\nb"])
        .await;
    said.note(
        "a token that cannot be sent",
        &world,
        &[server, "--token=s3cret\nx"],
    )
    .await;
    let absent = world.path("absent");
    said.note(
        "no authority",
        &world,
        &[server, "--certificate-authority", &absent],
    )
    .await;
    let text = world.write("text", "no certificate");
    said.note(
        "an empty authority",
        &world,
        &[server, "--certificate-authority", &text],
    )
    .await;
    let both = [
        "--insecure-skip-tls-verify",
        "--certificate-authority",
        &text,
    ];
    said.note(
        "an authority, unused",
        &world,
        &[&[server][..], &both].concat(),
    )
    .await;
    let pair = ["--client-certificate", &*text, "--client-key", &*text];
    said.note(
        "no client certificate",
        &world,
        &[&[server][..], &pair].concat(),
    )
    .await;
    said.note(
        "no client key",
        &world,
        &[server, "--client-certificate", &text],
    )
    .await;
    let data = format!(
        "client-certificate-data: '=', client-key-data: {}",
        base64("s3cret")
    );
    for (situation, user) in [
        ("not base64", &*data),
        ("no token file", "tokenFile: ../absent"),
        ("an empty token file", "tokenFile: /dev/null"),
        (
            "a token and a password",
            "token: s3cret, username: me, password: s3cret",
        ),
        (
            "a way in that is gone",
            "auth-provider: {name: gcp, config: {access-token: s3cret}}",
        ),
        (
            "a login that is over",
            "auth-provider: {name: oidc, config: {refresh-token: s3cret}}",
        ),
    ] {
        world.kubeconfig(&kubeconfig("", user));
        said.note(situation, &world, &[server, "--context=here"])
            .await;
    }
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("connect_flags", said.text());
    });
}

#[tokio::test]
async fn of_an_exec_plugin() {
    let mut said = Said::default();
    let world = World::new();
    let user = |mode| {
        let exec = "command: ../plugin, args: [s3cret], env: [{name: TOKEN, value: s3cret}]";
        let hint = "installHint: 'install it from https://example.test'";
        let version = "apiVersion: client.authentication.k8s.io/v1";
        format!("exec: {{{exec}, {hint}, {version}, interactiveMode: {mode}}}")
    };
    let cluster = "server: 'https://127.0.0.1:1'";
    world.kubeconfig(&kubeconfig(cluster, "exec: {interactiveMode: Never}"));
    said.note("no command", &world, &[]).await;
    world.kubeconfig(&kubeconfig(cluster, &user("Never")));
    said.note("no plugin", &world, &[]).await;
    for (situation, script) in [
        (
            "it fails",
            "echo s3cret; echo 'log in first:' >&2; echo 'tool login' >&2; exit 3",
        ),
        ("it fails silently", "echo s3cret; exit 1"),
        ("it is killed", "kill -9 $$"),
        ("it answers with text", "echo 's3cret: ['"),
        ("it answers without a status", "echo '{}'"),
        ("it answers with nothing in it", "echo '{\"status\": {}}'"),
        (
            "it answers by half",
            "echo '{\"status\": {\"clientKeyData\": \"s3cret\"}}'",
        ),
        (
            "its token cannot be sent",
            "printf %s '{\"status\": {\"token\": \"s3cret\\nx\"}}'",
        ),
        (
            "its certificate is none",
            "echo '{\"status\": {\"clientKeyData\": \"s3cret\", \"clientCertificateData\": \"x\"}}'",
        ),
    ] {
        world.script("plugin", script);
        said.note(situation, &world, &[]).await;
    }
    world.kubeconfig(&kubeconfig(cluster, &user("Always")));
    said.note("it must ask, and cannot", &world, &[]).await;
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("connect_exec_plugin", said.text());
    });
}

#[tokio::test]
async fn of_a_connection() {
    let mut said = Said::default();
    let mut cluster = Cluster::start().await;
    cluster.user("token: s3cret");
    let world = &mut cluster.world;
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = format!("--server=https://me:s3cret@{free}");
    said.note("nobody is there", world, &[&refused]).await;
    said.note(
        "no such name",
        world,
        &["--server=https://api.example.test"],
    )
    .await;
    let silent = Wire::start(|_| Reply::Stall(Vec::new())).await;
    let silent = format!("--server={}", silent.url());
    said.note("no answer", world, &[&silent, "--request-timeout=1"])
        .await;
    let plain = format!(
        "--server=https://{}",
        greets(b"HTTP/1.0 400 Bad Request\r\n\r\n").await
    );
    said.note("no TLS there", world, &[&plain]).await;
    let bare = format!("--server=http://{}", cluster.server.address);
    said.note("TLS there", world, &[&bare]).await;
    let cut =
        Wire::start(|_| Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".into())).await;
    let cut = format!("--server={}", cut.url());
    said.note("the connection breaks", world, &[&cut]).await;
    let closed = Wire::start(|_| Reply::Cut(Vec::new())).await;
    let closed = format!("--server={}", closed.url());
    said.note("the connection is closed", world, &[&closed])
        .await;
    let noise = format!(
        "--server=http://{}",
        greets(b"220 smtp.example.test\r\n").await
    );
    said.note("no HTTP there", world, &[&noise]).await;

    let far = "--server=https://api.example.test:6443";
    for (situation, manner) in [
        (
            "the proxy asks for a password",
            Manner::Refuse("407 Proxy Authentication Required"),
        ),
        ("the proxy refuses", Manner::Refuse("403 Forbidden")),
    ] {
        let proxy = Proxy::start(manner, cluster.server.address).await;
        let proxy = format!("--proxy-url=http://me:s3cret@{}", proxy.address);
        said.note(situation, world, &[far, &proxy]).await;
    }
    let gone = format!("--proxy-url=http://{free}");
    said.note("the proxy is gone", world, &[far, &gone]).await;
    let gone = format!("--proxy-url=socks5://{free}");
    said.note("the SOCKS proxy is gone", world, &[far, &gone])
        .await;
    said.note(
        "no such proxy",
        world,
        &[far, "--proxy-url=http://proxy.example.test:3128"],
    )
    .await;

    let other = world.write("other.crt", &Authority::new().pem());
    said.note(
        "an unknown authority",
        world,
        &["--certificate-authority", &other],
    )
    .await;
    said.note(
        "another name",
        world,
        &["--tls-server-name=other.example.test"],
    )
    .await;
    let through = format!("--proxy-url=http://{}", cluster.http.address);
    said.note(
        "another name through a proxy",
        world,
        &["--server=https://x.example.test", &through],
    )
    .await;
    let old = cluster.authority.sign_until(&["127.0.0.1"], 2001);
    let old = Wire::start_tls(cluster.authority.server(&old), |_| Reply::json("{}")).await;
    let old = format!("--server=https://{}", old.address);
    said.note("a certificate of long ago", world, &[&old]).await;
    let stranger = Authority::new().sign(&["stranger"]);
    let certificate = world.write("stranger.crt", &stranger.certificate);
    let key = world.write("stranger.key", &stranger.key);
    let pair = ["--client-certificate", &*certificate, "--client-key", &key];
    said.note("a client certificate of a stranger", world, &pair)
        .await;
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("connect_connection", said.text());
    });
}

#[tokio::test]
async fn of_a_server() {
    let mut said = Said::default();
    let world = World::new();
    world.kubeconfig(&kubeconfig("", "token: s3cret"));
    let html = "Content-Type: text/html\r\n";
    let json = "Content-Type: application/json\r\n";
    let long = format!("nodes is forbidden: {}\u{1b}[31m", "x".repeat(500));
    let forbidden = "nodes is forbidden: User \"jane\" cannot list resource \"nodes\" in API group \"\" at the cluster scope";
    let once = "Retry-After: 3600\r\n";
    let all: Vec<(&str, Reply)> = vec![
        (
            "401 without TLS",
            Reply::failure(401, "Unauthorized", "Unauthorized"),
        ),
        ("403", Reply::failure(403, "Forbidden", forbidden)),
        ("403, at length", Reply::failure(403, "Forbidden", &long)),
        (
            "404",
            Reply::failure(
                404,
                "NotFound",
                "the server could not find the requested resource",
            ),
        ),
        (
            "404, not served",
            Reply::status(
                "404 Not Found",
                "Content-Type: text/plain\r\n",
                "404 page not found\n",
            ),
        ),
        (
            "410",
            Reply::failure(410, "Expired", "The provided continue parameter is too old"),
        ),
        (
            "429",
            Reply::status(
                "429 Too Many Requests",
                once,
                "Too many requests, please try again later.\n",
            ),
        ),
        (
            "500",
            Reply::status(
                "500 Internal Server Error",
                &format!("{once}{json}"),
                r#"{"kind": "Status", "message": "etcdserver: leader changed"}"#,
            ),
        ),
        (
            "502 of a proxy",
            Reply::status("502 Bad Gateway", &format!("{once}{html}"), PAGE),
        ),
        (
            "503 without a word",
            Reply::status("503 Service Unavailable", once, ""),
        ),
        (
            "422",
            Reply::failure(422, "Invalid", "limit: must not be negative"),
        ),
        (
            "418 with a page",
            Reply::status("418 I'm a teapot", html, PAGE),
        ),
        ("a login page", Reply::status("200 OK", html, PAGE)),
        (
            "a login elsewhere",
            Reply::status("302 Found", "Location: https://login.example.test/\r\n", ""),
        ),
        ("nothing at all", Reply::status("200 OK", "", "")),
        ("cut JSON", Reply::status("200 OK", json, r#"{"items": ["#)),
    ];
    for (situation, reply) in all {
        let Reply::Whole(text) = reply else { continue };
        let wire = Wire::start(move |_| Reply::Whole(text.clone())).await;
        let server = format!("--server={}", wire.url());
        said.note(situation, &world, &[&server, "--context=here"])
            .await;
    }
    let busy = Wire::start(|_| {
        Reply::status(
            "503 Service Unavailable",
            "Retry-After: 0\r\n",
            "no endpoints available",
        )
    })
    .await;
    let server = format!("--server={}", busy.url());
    said.note("503 all the time", &world, &[&server]).await;
    let authority = Authority::new();
    let identity = authority.sign(&["127.0.0.1"]);
    let wire = Wire::start_tls(authority.server(&identity), |_| {
        Reply::failure(401, "Unauthorized", "Unauthorized")
    })
    .await;
    let server = format!("--server=https://{}", wire.address);
    let flags = [&*server, "--insecure-skip-tls-verify"];
    said.note("401 for a user", &world, &flags).await;
    let with_token = [&flags[..], &["--token=s3cret"]].concat();
    said.note("401 for a token", &world, &with_token).await;
    let nobody = [&flags[..], &["--kubeconfig=/dev/null"]].concat();
    said.note("401 for nobody", &world, &nobody).await;
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("connect_server", said.text());
    });
}
